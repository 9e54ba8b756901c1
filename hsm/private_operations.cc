// Private operations.
#include "hsm/private_operations.h"

#include <algorithm>
#include <optional>

#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/oaep.h"
#include "crypto/point_doubling.h"
#include "crypto/public_key_info.h"
#include "hsm/errors.h"
#include "hsm/material_templates.h"
#include "hsm/scoped_object.h"
#include "hsm/worker/isolated_module.h"

namespace kmaas::hsm {
namespace {

bool AllZero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// A token that answers with something else than was asked for is broken.
Rv Checked(Rv rv, std::size_t written, ByteView out) {
  if (rv.ok() && (written != out.size() || AllZero(out))) rv.code = kWrongAnswer;
  return rv;
}

// Whether the same comes out once more.
Rv MadeAgain(const Session& session, CK_MECHANISM_TYPE mechanism, ObjectHandle key, ByteView input,
             ByteView made) {
  SecretBytes again(made.size());
  std::size_t written = 0;
  Rv rv = session.Sign(mechanism, key, input, again.span(), written);
  if (rv.ok() && !crypto::ConstantTimeEqual(again.view(), made)) rv.code = kWrongAnswer;
  return rv;
}

// DER DigestInfo (RFC 8017 section 9.2, note 1) of a SHA-2 hash.
Bytes DigestInfo(domain::Digest digest, ByteView value) {
  const std::uint8_t algorithm = digest == domain::Digest::kSha256   ? 0x01
                                 : digest == domain::Digest::kSha384 ? 0x02
                                                                     : 0x03;
  const Bytes identifier = {0x06, 0x09, 0x60, 0x86,      0x48, 0x01, 0x65,
                            0x03, 0x04, 0x02, algorithm, 0x05, 0x00};
  Bytes content;
  crypto::AppendDer(content, crypto::DerTag::kSequence, identifier);
  crypto::AppendDer(content, crypto::DerTag::kOctetString, value);
  Bytes info;
  crypto::AppendDer(info, crypto::DerTag::kSequence, content);
  return info;
}

Rv SignPlain(const Session& session, const Mechanism& mechanism, ObjectHandle key, ByteView data,
             Bytes& signature) {
  std::size_t written = 0;
  const Rv rv = session.Sign(mechanism, key, data, signature, written);
  return Checked(rv, written, signature);
}

Rv SignPss(const Session& session, ObjectHandle key, domain::Digest digest, ByteView input,
           Bytes& signature) {
  const HashMechanisms hash = MechanismsOf(digest);
  const CK_RSA_PKCS_PSS_PARAMS parameters{hash.digest, hash.mgf, domain::SizeOf(digest)};
  return SignPlain(session, {CKM_RSA_PKCS_PSS, parameters}, key, input, signature);
}

Rv SignEcdsa(const Session& session, ObjectHandle key, domain::KeySpec spec, ByteView input,
             Bytes& signature) {
  Bytes r_then_s(2 * crypto::CoordinateBytes(spec));
  const Rv rv = SignPlain(session, CKM_ECDSA, key, input, r_then_s);
  if (rv.ok()) signature = crypto::EcdsaSignatureToDer(r_then_s);
  return rv;
}

// Only for tokens that were shown to honour the flag.
Rv SignEdwards(const Session& session, ObjectHandle key, bool prehash, ByteView message,
               Bytes& signature) {
  signature.resize(crypto::kEd25519SignatureBytes);
  if (!prehash) return SignPlain(session, CKM_EDDSA, key, message, signature);
  const EddsaParameters parameters{CK_TRUE, 0, nullptr};
  return SignPlain(session, {CKM_EDDSA, parameters}, key, message, signature);
}

}  // namespace

Rv MakeHmac(const Session& session, CK_MECHANISM_TYPE mechanism, ObjectHandle key, ByteView input,
            MutableByteView out, Check check) {
  std::optional<worker::WithVerification> announced;
  if (check == Check::kHere) announced.emplace();
  std::size_t written = 0;
  Rv rv = session.Sign(mechanism, key, input, out, written);
  rv = Checked(rv, written, out);
  if (!rv.ok() || check == Check::kByCaller) return rv;
  rv = session.Verify(mechanism, key, input, out);
  if (rv.code == CKR_SIGNATURE_INVALID || rv.code == CKR_SIGNATURE_LEN_RANGE)
    rv.code = kWrongAnswer;
  // Resident keys of before do not verify.
  if (!rv.ok() && MeansCannot(rv)) return MadeAgain(session, mechanism, key, input, out);
  return rv;
}

Rv SignUnchecked(const Session& session, ObjectHandle key, const KeyPlan& plan,
                 domain::SigningAlgorithm algorithm, ByteView input, Bytes& signature) {
  const auto [scheme, digest] = FactsOf(algorithm);
  signature.resize(plan.modulus_bytes());
  switch (scheme) {
    case domain::SignatureScheme::kRsaPkcs1:
      return SignPlain(session, CKM_RSA_PKCS, key, DigestInfo(digest, input), signature);
    case domain::SignatureScheme::kRsaPss:
      return SignPss(session, key, digest, input, signature);
    case domain::SignatureScheme::kEcdsa:
      return SignEcdsa(session, key, plan.spec, input, signature);
    case domain::SignatureScheme::kEd25519:
    case domain::SignatureScheme::kEd25519Prehash:
      return SignEdwards(session, key, scheme == domain::SignatureScheme::kEd25519Prehash, input,
                         signature);
  }
  return {CKR_MECHANISM_INVALID, "C_Sign"};
}

Rv SignWith(const Session& session, ObjectHandle key, const crypto::PublicKey& public_key,
            const KeyPlan& plan, domain::SigningAlgorithm algorithm, ByteView input,
            Bytes& signature) {
  Rv rv = SignUnchecked(session, key, plan, algorithm, input, signature);
  if (rv.ok() && !public_key.Verify(algorithm, input, signature)) rv.code = kWrongAnswer;
  return rv;
}

CK_RSA_PKCS_OAEP_PARAMS OaepParameters(domain::Digest digest) {
  const HashMechanisms hash = MechanismsOf(digest);
  return {hash.digest, hash.mgf, CKZ_DATA_SPECIFIED, nullptr, 0};
}

RsaCiphertext::RsaCiphertext(ByteView modulus, ByteView ciphertext)
    : is_wrong(ciphertext.size() != modulus.size() ||
               !std::lexicographical_compare(ciphertext.begin(), ciphertext.end(), modulus.begin(),
                                             modulus.end())) {
  if (!is_wrong) {
    usable = ToBytes(ciphertext);
    return;
  }
  usable.resize(modulus.size());
  usable.back() = 2;
}

Rv DecryptOaepWith(const Session& session, ObjectHandle key, const crypto::PublicKey& public_key,
                   OaepBy by, domain::Digest digest, ByteView ciphertext,
                   std::optional<SecretBytes>& plaintext) {
  SecretBytes out(ciphertext.size());
  std::size_t written = 0;
  if (by == OaepBy::kToken) {
    const CK_RSA_PKCS_OAEP_PARAMS parameters = OaepParameters(digest);
    const Mechanism oaep{CKM_RSA_PKCS_OAEP, parameters};
    SecretBytes again(ciphertext.size());
    std::size_t written_again = 0;
    const Rv first = session.Decrypt(oaep, key, ciphertext, out.span(), written);
    if (!first.ok() && !MayBeOfTheData(first)) return first;
    // What was encrypted at random cannot be made again, so it is opened twice; and what does not
    // open is tried twice, for a token that fails may say so of any ciphertext.
    Rv rv = session.Decrypt(oaep, key, ciphertext, again.span(), written_again);
    const bool only_one_opened = first.ok() != rv.ok() && (rv.ok() || MayBeOfTheData(rv));
    if (only_one_opened) rv.code = kWrongAnswer;
    if (!rv.ok()) return rv;
    const ByteView opened = out.view().first(written);
    if (!crypto::ConstantTimeEqual(opened, again.view().first(written_again)))
      rv.code = kWrongAnswer;
    if (rv.ok()) plaintext = SecretBytes(opened);
    return rv;
  }
  Rv rv = session.Decrypt(CKM_RSA_X_509, key, ciphertext, out.span(), written);
  if (rv.ok() && (written != out.size() || !public_key.IsRsaInverse(ciphertext, out.view())))
    rv.code = kWrongAnswer;
  if (rv.ok()) plaintext = crypto::OaepDecode(digest, out.view());
  return rv;
}

Rv AgreeUnchecked(const Session& session, ObjectHandle key, const KeyPlan& plan, ByteView peer,
                  SecretBytes& shared) {
  const std::size_t bytes = crypto::CoordinateBytes(plan.spec);
  const CK_ECDH1_DERIVE_PARAMS parameters{CKD_NULL, 0, nullptr, peer.size(),
                                          const_cast<CK_BYTE*>(peer.data())};
  ScopedObject derived(session);
  Rv rv = session.Derive({CKM_ECDH1_DERIVE, parameters}, key, Template(SharedSecret(bytes)),
                         derived.handle);
  if (rv.ok()) rv = session.ReadSecret(derived.handle, shared);
  if (rv.ok() && shared.size() != bytes) rv.code = kWrongAnswer;
  return rv;
}

Rv AgreeWith(const Session& session, ObjectHandle key, const KeyPlan& plan, ByteView peer,
             SecretBytes& shared) {
  const std::optional<Bytes> doubled = crypto::DoubledPoint(plan.spec, peer);
  if (!doubled) return {CKR_HOST_MEMORY, "C_DeriveKey"};
  SecretBytes of_doubled;
  Rv rv = AgreeUnchecked(session, key, plan, peer, shared);
  if (rv.ok()) rv = AgreeUnchecked(session, key, plan, *doubled, of_doubled);
  if (rv.ok() && !crypto::IsOfDoubledPoint(plan.spec, shared.view(), of_doubled.view()))
    rv.code = kWrongAnswer;
  return rv;
}

}  // namespace kmaas::hsm
