// Public halves of customers' keys, and whoever's else: what is done with them needs no HSM.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "domain/key_spec.h"

struct evp_pkey_st;

namespace kmaas::crypto {

// Immutable, cheap to copy, thread-safe.
class PublicKey {
 public:
  // Nothing unless `spki` is the DER SubjectPublicKeyInfo (RFC 5280) of a key of just this spec:
  // in DER's one spelling, a named curve, a point of it (compressed or not), an odd modulus of the
  // right size and an odd exponent of at most 32 bits.
  static std::optional<PublicKey> Parse(domain::KeySpec spec, ByteView spki);

  domain::KeySpec spec() const { return spec_; }

  // `input` and the forms of signatures are those of ports::CryptoEngine::Sign. False for an
  // algorithm of another kind of key, and for anything malformed, too. Of ECDSA both s and n - s
  // pass, as at AWS.
  [[nodiscard]] bool Verify(domain::SigningAlgorithm algorithm, ByteView input,
                            ByteView signature) const;

  // RSAES-OAEP (RFC 8017 section 7.1). Nothing for a plaintext over domain::PlaintextBytesMax, or
  // an algorithm of another kind of key.
  std::optional<Bytes> Encrypt(domain::EncryptionAlgorithm algorithm, ByteView plaintext) const;

  // Whether `raw` is `ciphertext` after the private operation of RSA, without padding: both as long
  // as the modulus. False for another kind of key. Constant time in what `raw` is.
  [[nodiscard]] bool IsRsaInverse(ByteView ciphertext, ByteView raw) const;

 private:
  friend class PrivateKey;
  PublicKey(domain::KeySpec spec, std::shared_ptr<evp_pkey_st> key)
      : spec_(spec), key_(std::move(key)) {}

  domain::KeySpec spec_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace kmaas::crypto
