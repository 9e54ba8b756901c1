// Private keys that the process holds: data key pairs, material of custody `process`. Those that
// the HSM holds are behind ports::CryptoEngine.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "crypto/public_key.h"
#include "domain/key_spec.h"

struct evp_pkey_st;

namespace kmaas::crypto {

// Immutable, cheap to copy, thread-safe. Freed memory is wiped.
class PrivateKey {
 public:
  // Of an asymmetric spec, from the process's random generator.
  static PrivateKey Generate(domain::KeySpec spec);
  // Nothing unless `pkcs8` is a DER PrivateKeyInfo (RFC 5208) of a valid key of just this spec, and
  // nothing else.
  static std::optional<PrivateKey> Parse(domain::KeySpec spec, ByteView pkcs8);
  // The same for what Pkcs8() wrote and a seal has kept: whether the numbers make a valid key is
  // not asked again, which for RSA is dearer than any use.
  static std::optional<PrivateKey> ParseOwn(domain::KeySpec spec, ByteView pkcs8);

  domain::KeySpec spec() const { return spec_; }
  SecretBytes Pkcs8() const;    // DER PrivateKeyInfo
  SecretBytes Seed() const;     // of Ed25519 (RFC 8032 section 5.1.5)
  Bytes PublicKeyInfo() const;  // DER SubjectPublicKeyInfo

  // As ports::CryptoEngine's functions of these names. Nothing where the algorithm is of another
  // kind of key, the input of the wrong length, the ciphertext or the peer not good.
  std::optional<Bytes> Sign(domain::SigningAlgorithm algorithm, ByteView input) const;
  std::optional<SecretBytes> DecryptRsa(domain::EncryptionAlgorithm algorithm,
                                        ByteView ciphertext) const;
  std::optional<SecretBytes> AgreeSecret(const PublicKey& peer) const;

 private:
  PrivateKey(domain::KeySpec spec, std::shared_ptr<evp_pkey_st> key)
      : spec_(spec), key_(std::move(key)) {}

  domain::KeySpec spec_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace kmaas::crypto
