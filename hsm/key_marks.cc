// Marks of keys.
#include "hsm/key_marks.h"

#include <algorithm>

#include "crypto/digest.h"
#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "crypto/public_key_info.h"
#include "hsm/capabilities.h"
#include "hsm/private_operations.h"

namespace kmaas::hsm {
namespace {

constexpr std::string_view kImportedIdLabel = "kmaas imported material v1";

Error AnotherKey() { return NotLoadable("the key is not the one that its mark is of"); }

Result<void> TrySigning(Call& call, ObjectHandle key, const KeyPlan& plan,
                        const crypto::PublicKey& public_key) {
  const auto algorithms = domain::SigningAlgorithms(plan.spec, plan.usage);
  // The last of Ed25519 is the pure form, which every token with EdDSA has.
  const domain::SigningAlgorithm algorithm =
      plan.is_edwards() ? algorithms.back() : algorithms.front();
  const Bytes input = crypto::Hash(FactsOf(algorithm).digest, AsBytes(kMarkQuestion));
  Bytes signature;
  const Rv rv = SignUnchecked(call.session(), key, plan, algorithm, input, signature);
  if (!rv.ok()) return call.Fail(rv);
  if (!public_key.Verify(algorithm, input, signature)) return AnotherKey();
  return {};
}

Result<void> TryDecrypting(Call& call, ObjectHandle key, const crypto::PublicKey& public_key) {
  const auto algorithm = domain::EncryptionAlgorithm::kRsaesOaepSha256;
  const auto ciphertext = public_key.Encrypt(algorithm, AsBytes(kMarkQuestion));
  if (!ciphertext) return AnotherKey();
  std::optional<SecretBytes> plaintext;
  const Rv rv = DecryptOaepWith(call.session(), key, public_key, call.capabilities().oaep,
                                domain::OaepDigestOf(algorithm), *ciphertext, plaintext);
  // Of a key that customers bring, the two halves may be of two pairs.
  if (rv.code == kWrongAnswer) return AnotherKey();
  if (!rv.ok()) return call.Fail(rv);
  if (!plaintext || !crypto::ConstantTimeEqual(plaintext->view(), AsBytes(kMarkQuestion)))
    return AnotherKey();
  return {};
}

Result<void> TryAgreeing(Call& call, ObjectHandle key, const KeyPlan& plan,
                         const crypto::PublicKey& public_key) {
  const auto own = crypto::PrivateKey::Generate(plan.spec);
  const auto expected = own.AgreeSecret(public_key);
  const auto peer = crypto::PointOf(plan.spec, own.PublicKeyInfo());
  if (!expected || !peer) return AnotherKey();
  SecretBytes shared;
  const Rv rv = AgreeUnchecked(call.session(), key, plan, *peer, shared);
  if (!rv.ok()) return call.Fail(rv);
  if (!crypto::ConstantTimeEqual(shared.view(), expected->view())) return AnotherKey();
  return {};
}

}  // namespace

Error NotLoadable(std::string detail) {
  return {ErrorCode::kKmsInternal, "The key's material cannot be loaded.", std::move(detail)};
}

Result<Bytes> MarkOfSecret(Call& call, ObjectHandle key, const KeyPlan& plan) {
  const CK_MECHANISM_TYPE mechanism = plan.uses[0];
  Bytes mark(HmacBytes(mechanism));
  const Rv rv = MakeHmac(call.session(), mechanism, key, AsBytes(kMarkQuestion), mark);
  if (!rv.ok()) return call.Fail(rv);
  return mark;
}

Result<void> CheckMark(Call& call, ObjectHandle key, const KeyPlan& plan, ByteView mark) {
  if (plan.is_secret()) {
    KM_TRY(const Bytes actual, MarkOfSecret(call, key, plan));
    if (!crypto::ConstantTimeEqual(actual, mark)) return AnotherKey();
    return {};
  }
  const auto public_key = crypto::PublicKey::Parse(plan.spec, mark);
  if (!public_key) return AnotherKey();
  if (plan.right == CKA_DECRYPT) return TryDecrypting(call, key, *public_key);
  if (plan.right == CKA_DERIVE) return TryAgreeing(call, key, plan, *public_key);
  return TrySigning(call, key, plan, *public_key);
}

Result<domain::MaterialId> ImportedId(Call& call, const domain::KeyId& key_id, ByteView mark) {
  Bytes context;
  AppendField(context, key_id.ToText());
  AppendField(context, mark);
  domain::MaterialId id;
  const Rv rv = DeriveUnder(call.session(), call.generation().keys().seal, kImportedIdLabel,
                            context, id.bits);
  if (!rv.ok()) return call.Fail(rv);
  return id;
}

}  // namespace kmaas::hsm
