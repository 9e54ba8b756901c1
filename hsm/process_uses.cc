// Uses of keys of custody process.
#include "hsm/process_uses.h"

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "hsm/key_marks.h"
#include "hsm/material_uses.h"

namespace kmaas::hsm {
namespace {

Result<crypto::PrivateKey> KeyIn(domain::KeySpec spec, const SecretBytes& pkcs8) {
  auto key = crypto::PrivateKey::ParseOwn(spec, pkcs8.view());
  if (!key) return NotLoadable("the sealed material is no private key");
  return *std::move(key);
}

}  // namespace

Result<Bytes> SignInProcess(domain::KeySpec spec, const SecretBytes& key,
                            domain::SigningAlgorithm algorithm, ByteView input) {
  const domain::SignatureScheme scheme = FactsOf(algorithm).scheme;
  if (scheme == domain::SignatureScheme::kEd25519) return crypto::Ed25519Sign(key.view(), input);
  if (scheme == domain::SignatureScheme::kEd25519Prehash)
    return crypto::Ed25519phSign(key.view(), input);
  KM_TRY(const crypto::PrivateKey opened, KeyIn(spec, key));
  auto signature = opened.Sign(algorithm, input);
  if (!signature) return NotLoadable("the sealed key does not sign");
  return *std::move(signature);
}

Result<SecretBytes> DecryptInProcess(domain::KeySpec spec, const SecretBytes& key,
                                     domain::EncryptionAlgorithm algorithm, ByteView ciphertext) {
  KM_TRY(const crypto::PrivateKey opened, KeyIn(spec, key));
  auto plaintext = opened.DecryptRsa(algorithm, ciphertext);
  if (!plaintext) return WrongCiphertext();
  return *std::move(plaintext);
}

Bytes MacInProcess(const SecretBytes& key, domain::MacAlgorithm algorithm, ByteView message) {
  return crypto::Hmac(domain::DigestOf(algorithm), key.view(), message);
}

Result<SecretBytes> AgreeInProcess(const SecretBytes& key, const crypto::PublicKey& peer) {
  KM_TRY(const crypto::PrivateKey opened, KeyIn(peer.spec(), key));
  auto shared = opened.AgreeSecret(peer);
  if (!shared) return NotLoadable("the sealed key does not agree");
  return *std::move(shared);
}

}  // namespace kmaas::hsm
