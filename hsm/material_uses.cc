// Uses of customers' keys in the token.
#include "hsm/material_uses.h"

#include "crypto/public_key_info.h"
#include "hsm/errors.h"
#include "hsm/key_marks.h"
#include "hsm/materials.h"
#include "hsm/private_operations.h"

namespace kmaas::hsm {
namespace {

Result<SecretBytes> MacUnder(Call& call, const LoadedKey& key, CK_MECHANISM_TYPE hmac,
                             ByteView input, Check check) {
  SecretBytes tag(HmacBytes(hmac));
  const Rv rv = MakeHmac(call.session(), hmac, key.handle, input, tag.span(), check);
  if (!rv.ok()) return call.Fail(rv);
  return tag;
}

}  // namespace

Error WrongCiphertext() { return {ErrorCode::kInvalidCiphertext, "", "OAEP"}; }

Result<std::optional<SecretBytes>> MacUnderLoaded(Call& call, const domain::KeyMaterial& material,
                                                  CK_MECHANISM_TYPE hmac, ByteView input,
                                                  Check check) {
  KM_TRY(const MaterialCache::Reference key, Loaded(call, material));
  if (key == nullptr) return std::optional<SecretBytes>();
  KM_TRY(SecretBytes tag, MacUnder(call, *key, hmac, input, check));
  return std::optional<SecretBytes>(std::move(tag));
}

Result<SecretBytes> MacUnderResident(Call& call, const domain::KeyMaterial& material,
                                     CK_MECHANISM_TYPE hmac, ByteView input, Check check) {
  KM_TRY(const MaterialCache::Reference key, FoundResident(call, material));
  return MacUnder(call, *key, hmac, input, check);
}

Result<Bytes> SignUnder(Call& call, const domain::KeyMaterial& material,
                        domain::SigningAlgorithm algorithm, ByteView input, Check check) {
  KM_TRY(const MaterialCache::Reference key, Held(call, material));
  const KeyPlan& plan = *FindPlan(material.spec, material.usage);
  Bytes signature;
  const Rv rv = check == Check::kHere
                    ? SignWith(call.session(), key->handle, *key->public_key, plan, algorithm,
                               input, signature)
                    : SignUnchecked(call.session(), key->handle, plan, algorithm, input, signature);
  if (!rv.ok()) return call.Fail(rv);
  return signature;
}

Result<SecretBytes> DecryptUnder(Call& call, const domain::KeyMaterial& material,
                                 domain::EncryptionAlgorithm algorithm, ByteView ciphertext) {
  const auto modulus = crypto::ModulusOf(material.public_key);
  if (!modulus) return NotLoadable("the public key in the row is no RSA key");
  KM_TRY(const MaterialCache::Reference key, Held(call, material));
  const RsaCiphertext input(*modulus, ciphertext);
  const OaepBy by = call.capabilities().oaep;
  std::optional<SecretBytes> plaintext;
  const Rv rv = DecryptOaepWith(call.session(), key->handle, *key->public_key, by,
                                domain::OaepDigestOf(algorithm), input.usable, plaintext);
  if (!rv.ok()) {
    // Whether it was the ciphertext or the token, only the health check that this may start tells.
    Error failed = call.Fail(rv);
    if (by == OaepBy::kToken && MayBeOfTheData(rv)) return WrongCiphertext();
    return failed;
  }
  if (input.is_wrong || !plaintext) return WrongCiphertext();
  return *std::move(plaintext);
}

Result<SecretBytes> AgreeUnder(Call& call, const domain::KeyMaterial& material, ByteView peer) {
  KM_TRY(const MaterialCache::Reference key, Held(call, material));
  SecretBytes shared;
  const Rv rv = AgreeWith(call.session(), key->handle, *FindPlan(material.spec, material.usage),
                          peer, shared);
  if (!rv.ok()) return call.Fail(rv);
  return shared;
}

}  // namespace kmaas::hsm
