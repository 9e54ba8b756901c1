// Making, finding and destroying import pairs.
#include "hsm/import_keys.h"

#include <algorithm>

#include "crypto/digest.h"
#include "crypto/public_key_info.h"
#include "hsm/key_marks.h"
#include "hsm/key_templates.h"
#include "hsm/private_operations.h"
#include "hsm/public_halves.h"
#include "hsm/scoped_object.h"
#include "hsm/token_objects.h"

namespace kmaas::hsm {
namespace {

// As import pairs are made; big-endian.
constexpr std::uint8_t kPublicExponent[] = {0x01, 0x00, 0x01};
// No secret: an AES key for a trial.
constexpr std::uint8_t kTrialKey[32] = {0x2a};

// An import pair is an RSA pair of the same size.
const KeyPlan& PlanOf(domain::WrappingKeySpec spec) {
  return *FindPlan(domain::FromText<domain::KeySpec>(ToText(spec)).value(),
                   domain::KeyUsage::kEncryptDecrypt);
}

ImportRight RightFor(const Capabilities& capabilities, domain::WrappingAlgorithm algorithm) {
  const bool unwraps = domain::OaepDigestOf(algorithm) == domain::Digest::kSha1
                           ? capabilities.unwraps_oaep_sha1
                           : capabilities.unwraps_oaep_sha256;
  return unwraps ? ImportRight::kUnwraps : ImportRight::kDecrypts;
}

AttributeList PrivateHalf(Call& call, const domain::ImportKeyId& id,
                          domain::WrappingAlgorithm algorithm) {
  const ImportRight right = RightFor(call.capabilities(), algorithm);
  const bool raw = right == ImportRight::kDecrypts && call.capabilities().oaep == OaepBy::kProcess;
  return ImportPrivateMaking(id, right, raw ? CKM_RSA_X_509 : CKM_RSA_PKCS_OAEP);
}

// What customers wrap for another public key than that of the pair would never open.
Result<void> TryOpening(Call& call, ObjectHandle key, domain::WrappingAlgorithm algorithm,
                        domain::KeySpec spec, ByteView info) {
  const domain::Digest digest = domain::OaepDigestOf(algorithm);
  const auto public_key = crypto::PublicKey::Parse(spec, info);
  const auto sealed = public_key->Encrypt(digest == domain::Digest::kSha1
                                              ? domain::EncryptionAlgorithm::kRsaesOaepSha1
                                              : domain::EncryptionAlgorithm::kRsaesOaepSha256,
                                          kTrialKey);
  if (!sealed) return NotLoadable("the new import pair does not encrypt");
  if (RightFor(call.capabilities(), algorithm) == ImportRight::kUnwraps) {
    const CK_RSA_PKCS_OAEP_PARAMS parameters = OaepParameters(digest);
    ScopedObject opened(call.session());
    const Rv rv = call.session().Unwrap({CKM_RSA_PKCS_OAEP, parameters}, key, *sealed,
                                        Template(EphemeralKey()), opened.handle);
    if (!rv.ok()) return call.Fail(rv);
    return {};
  }
  std::optional<SecretBytes> opened;
  const Rv rv = DecryptOaepWith(call.session(), key, *public_key, call.capabilities().oaep, digest,
                                *sealed, opened);
  if (!rv.ok()) return call.Fail(rv);
  if (!opened || !crypto::ConstantTimeEqual(opened->view(), kTrialKey))
    return NotLoadable("the new import pair does not open what is wrapped for it");
  return {};
}

// Read twice: nothing else tells a wrong one from a wrong ciphertext.
Result<Bytes> ModulusOf(Call& call, ObjectHandle key) {
  Attribute modulus;
  Attribute again;
  Rv rv = call.session().Read(key, CKA_MODULUS, modulus);
  if (rv.ok()) rv = call.session().Read(key, CKA_MODULUS, again);
  if (rv.ok() && modulus.value != again.value) rv.code = kWrongAnswer;
  if (!rv.ok()) return call.Fail(rv);
  const auto first = std::find_if(modulus.value.begin(), modulus.value.end(),
                                  [](std::uint8_t byte) { return byte != 0; });
  return Bytes(first, modulus.value.end());
}

std::optional<crypto::PublicKey> PublicHalfOf(ByteView modulus) {
  for (const auto spec : {domain::WrappingKeySpec::kRsa2048, domain::WrappingKeySpec::kRsa3072,
                          domain::WrappingKeySpec::kRsa4096})
    if (auto key = crypto::PublicKey::Parse(PlanOf(spec).spec,
                                            crypto::RsaPublicKeyInfo(modulus, kPublicExponent)))
      return key;
  return std::nullopt;
}

Result<Bytes> Generate(Call& call, const KeyPlan& plan, domain::WrappingAlgorithm algorithm,
                       const AttributeList& private_half) {
  const ImportRight right = RightFor(call.capabilities(), algorithm);
  Session::KeyPair pair;
  Rv rv = call.session().GenerateKeyPair(
      plan.generate, Template(ImportPublicMaking(plan.modulus_bytes() * 8, right)),
      Template(AsThisTokenHasIt(call, private_half)), pair);
  if (!rv.ok()) return call.Fail(rv);
  ScopedObject public_half(call.session());
  public_half.handle = pair.public_key;
  KM_CHECK(CheckAsMade(call, pair.private_key, Joined(private_half, BornInToken()), kImportLabel));
  std::optional<Bytes> info;
  rv = ReadPublicHalf(call.session(), pair.public_key, plan, info);
  if (!rv.ok()) return call.Fail(rv);
  if (!info) return NotLoadable("the new import pair has another size");
  KM_CHECK(TryOpening(call, pair.private_key, algorithm, plan.spec, *info));
  KM_CHECK(FlushToken(call));
  return *std::move(info);
}

Error NoSuchPair(const char* why) { return {ErrorCode::kInvalidImportToken, "", why}; }

}  // namespace

Result<Bytes> MakeImportPair(Call& call, const domain::ImportKeyId& id,
                             domain::WrappingKeySpec spec, domain::WrappingAlgorithm algorithm) {
  const auto lock = call.generation().LockTokenObjects();
  KM_TRY(const auto existing, FindObjects(call, ImportFinding(id)));
  if (!existing.empty()) return NotLoadable("an import pair of this id exists");
  auto made = Generate(call, PlanOf(spec), algorithm, PrivateHalf(call, id, algorithm));
  if (!made) DiscardObjects(call, ImportFinding(id));
  return made;
}

Result<ImportPair> FindImportPair(Call& call, const domain::ImportKeyId& id,
                                  domain::WrappingAlgorithm algorithm) {
  const auto lock = call.generation().LockTokenObjects();
  KM_TRY(const auto found, FindObjects(call, ImportFinding(id)));
  if (found.size() != 1) return NoSuchPair("no import pair of this id in the HSM");
  const AttributeList made = Joined(PrivateHalf(call, id, algorithm), BornInToken());
  if (auto checked = CheckAsMade(call, found[0], made, kImportLabel); !checked) {
    if (call.verdict() == Verdict::kLost) return std::move(checked).error();
    return NoSuchPair("the import pair is not as it is made for the algorithm");
  }
  KM_TRY(Bytes modulus, ModulusOf(call, found[0]));
  auto public_key = PublicHalfOf(modulus);
  if (!public_key) return NotLoadable("the import pair has another size");
  return ImportPair{found[0], RightFor(call.capabilities(), algorithm), std::move(modulus),
                    *std::move(public_key)};
}

Result<void> DestroyImportPair(Call& call, const domain::ImportKeyId& id) {
  const auto lock = call.generation().LockTokenObjects();
  KM_CHECK(DestroyObjects(call, ImportFinding(id)));
  return FlushToken(call);
}

}  // namespace kmaas::hsm
