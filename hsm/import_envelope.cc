// Opening imports.
#include "hsm/import_envelope.h"

#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/key_wrap.h"
#include "hsm/errors.h"
#include "hsm/material_uses.h"
#include "hsm/private_operations.h"

namespace kmaas::hsm {
namespace {

// The shortest blob of RFC 5649.
constexpr std::size_t kWrapBytesMin = 16;

bool IsAesKey(const SecretBytes& value) {
  return value.size() == 16 || value.size() == 24 || value.size() == 32;
}

}  // namespace

Error ImportEnvelope::DoesNotOpen(Rv rv) const {
  Error failed = call_.Fail(rv);
  // A doubtful code is one until the health check, which follows, says that the token is well.
  const bool of_the_data = call_.verdict() == Verdict::kRefused || MayBeOfTheData(rv);
  return of_the_data ? Error{ErrorCode::kInvalidCiphertext, "", Describe(rv)} : failed;
}

Result<void> ImportEnvelope::Open(const ports::ImportPlan& plan, ByteView wrapped) {
  KM_TRY(pair_, FindImportPair(call_, plan.import_key, plan.algorithm));
  digest_ = domain::OaepDigestOf(plan.algorithm);
  const bool has_ephemeral = domain::HasEphemeralKey(plan.algorithm);
  const std::size_t modulus_bytes = pair_->modulus.size();
  const bool has_length = has_ephemeral ? wrapped.size() >= modulus_bytes + kWrapBytesMin
                                        : wrapped.size() == modulus_bytes;
  if (!has_length) return WrongCiphertext();
  const ByteView sealed = wrapped.first(modulus_bytes);
  const ByteView rest = wrapped.subspan(modulus_bytes);
  // No number that the pair could open: tokens say so in words that they use for other things, too.
  if (RsaCiphertext(pair_->modulus, sealed).is_wrong) return WrongCiphertext();
  if (pair_->right == ImportRight::kUnwraps) {
    KM_CHECK(OpenInToken(has_ephemeral, sealed, rest));
  } else {
    KM_CHECK(OpenInProcess(has_ephemeral, sealed, rest));
  }
  return CheckThatItOpens();
}

// As bytes, whatever they are. A token that takes no secret of this length has not looked inside.
Result<void> ImportEnvelope::CheckThatItOpens() const {
  ScopedObject bytes(call_.session());
  const Rv rv = Unwrap(FerriedSecret(), bytes.handle);
  if (rv.ok()) return {};
  Error failed = DoesNotOpen(rv);
  if (call_.verdict() == Verdict::kRefused && !MayBeOfTheData(rv)) return {};
  return failed;
}

Result<void> ImportEnvelope::OpenInToken(bool has_ephemeral, ByteView sealed, ByteView rest) {
  sealed_ = sealed;
  if (!has_ephemeral) return {};
  const Rv rv = UnwrapByPair(EphemeralKey(), carrier_.handle);
  if (!rv.ok()) return DoesNotOpen(rv);
  blob_ = ToBytes(rest);
  return {};
}

Result<void> ImportEnvelope::OpenInProcess(bool has_ephemeral, ByteView sealed, ByteView rest) {
  std::optional<SecretBytes> opened;
  Rv rv = DecryptOaepWith(call_.session(), pair_->private_key, pair_->public_key,
                          call_.capabilities().oaep, digest_, sealed, opened);
  if (!rv.ok()) return DoesNotOpen(rv);
  if (!opened || opened->empty()) return WrongCiphertext();
  SecretBytes value = *std::move(opened);
  if (has_ephemeral) {
    if (!IsAesKey(value)) return WrongCiphertext();
    blob_ = ToBytes(rest);
  } else {
    SecretBytes carrying(crypto::kAesKeyBytes);
    crypto::ProcessRandom(carrying.span());
    blob_ = crypto::KeyWrapPad(carrying.view(), value.view());
    value = std::move(carrying);
  }
  rv = call_.session().CreateSecret(Template(EphemeralKey()), value.view(), carrier_.handle);
  if (!rv.ok()) return call_.Fail(rv);
  return {};
}

Rv ImportEnvelope::UnwrapByPair(const AttributeList& list, ObjectHandle& key) const {
  const CK_RSA_PKCS_OAEP_PARAMS parameters = OaepParameters(digest_);
  return call_.session().Unwrap({CKM_RSA_PKCS_OAEP, parameters}, pair_->private_key, sealed_,
                                Template(list), key);
}

Rv ImportEnvelope::Unwrap(const AttributeList& list, ObjectHandle& key) const {
  if (carrier_.handle == ObjectHandle()) return UnwrapByPair(list, key);
  return call_.session().Unwrap(call_.generation().wrap().mechanism, carrier_.handle, blob_,
                                Template(list), key);
}

Result<void> ImportEnvelope::UnwrapAs(const AttributeList& list, ObjectHandle& key) const {
  const Rv rv = Unwrap(list, key);
  if (!rv.ok()) return DoesNotOpen(rv);
  return {};
}

Result<void> ImportEnvelope::Ferry() {
  if (carrier_.handle != ObjectHandle()) return {};
  ScopedObject passenger(call_.session());
  KM_CHECK(UnwrapAs(FerriedSecret(), passenger.handle));
  Rv rv = call_.session().GenerateKey(CKM_AES_KEY_GEN, Template(FerryKey()), carrier_.handle);
  if (rv.ok())
    rv = call_.session().Wrap(call_.generation().wrap().mechanism, carrier_.handle,
                              passenger.handle, blob_);
  if (!rv.ok()) return call_.Fail(rv);
  return {};
}

// Nothing else tells a wrong bit of a secret.
Result<SecretBytes> ImportEnvelope::Read() const {
  KM_TRY(SecretBytes value, ReadOnce());
  KM_TRY(const SecretBytes again, ReadOnce());
  if (!crypto::ConstantTimeEqual(value.view(), again.view()))
    return call_.Fail({kWrongAnswer, "C_GetAttributeValue"});
  return value;
}

Result<SecretBytes> ImportEnvelope::ReadOnce() const {
  ScopedObject readable(call_.session());
  KM_CHECK(UnwrapAs(ReadableSecret(), readable.handle));
  SecretBytes value;
  const Rv rv = call_.session().ReadSecret(readable.handle, value);
  if (!rv.ok()) return call_.Fail(rv);
  return value;
}

}  // namespace kmaas::hsm
