// The other side of what engines do: OpenSSL, called directly, so that the two check each other.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "domain/key_spec.h"

struct evp_pkey_st;

namespace kmaas::contract {

// Public keys are DER SubjectPublicKeyInfo; forms of inputs and outputs are those of the port.
bool Verifies(ByteView public_key, domain::SigningAlgorithm algorithm, ByteView input,
              ByteView signature);
Bytes Encrypt(ByteView public_key, domain::EncryptionAlgorithm algorithm, ByteView plaintext);
Bytes HmacOf(domain::MacAlgorithm algorithm, ByteView key, ByteView message);
Bytes DigestOf(domain::Digest digest, ByteView message);
// As a customer wraps material for ImportKeyMaterial.
Bytes WrapForImport(ByteView public_key, domain::WrappingAlgorithm algorithm, ByteView material);
// How OpenSSL writes the key.
Bytes Reencoded(ByteView public_key);

// A private key outside of every engine.
class OwnKey {
 public:
  static OwnKey Make(domain::KeySpec spec);
  static OwnKey MakeRsa(int bits, unsigned long exponent);
  Bytes PublicKey() const;
  Bytes Pkcs8() const;
  Bytes Agree(ByteView peer) const;

 private:
  explicit OwnKey(evp_pkey_st* key);
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace kmaas::contract
