// Public keys of others, and the signatures that they verify (RFC 7518 sections 3.3 to 3.5, RFC
// 8037). Nothing is signed here.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"

struct evp_pkey_st;

namespace kmaas::crypto {

enum class SignatureScheme {
  kRsaPkcs1Sha256,
  kRsaPkcs1Sha384,
  kRsaPkcs1Sha512,
  kRsaPssSha256,  // MGF1 with the same hash, salt as long as the hash
  kEcdsaP256Sha256,
  kEcdsaP384Sha384,
  kEd25519,
};

enum class Curve { kP256, kP384 };

// Immutable, cheap to copy, thread-safe.
class VerificationKey {
 public:
  // Big-endian numbers. Nothing for fewer than 2048 or more than 8192 bits, and for exponents that
  // are even, below 3 or above 32 bits.
  static std::optional<VerificationKey> FromRsa(ByteView modulus, ByteView exponent);
  // Coordinates in full length. Nothing for what is no point of the curve.
  static std::optional<VerificationKey> FromEc(Curve curve, ByteView x, ByteView y);
  static std::optional<VerificationKey> FromEd25519(ByteView point);

  bool Fits(SignatureScheme scheme) const;
  // False for a scheme of another kind of key, too. ECDSA signatures are r‖s in full length.
  [[nodiscard]] bool Verify(SignatureScheme scheme, ByteView message, ByteView signature) const;

 private:
  enum class Kind { kRsa, kP256, kP384, kEd25519 };
  VerificationKey(Kind kind, std::shared_ptr<evp_pkey_st> key)
      : kind_(kind), key_(std::move(key)) {}
  static Kind KindOf(SignatureScheme scheme);

  Kind kind_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace kmaas::crypto
