// What kinds of KMS keys there are, and what each can do: one table, from which everything else
// follows.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "domain/algorithms.h"
#include "domain/enumeration.h"

namespace kmaas::domain {

// Those that are served. The rest of AWS's texts (SM2, ML_DSA_44...) are known to the annotations
// of proto/ only.
enum class KeySpec {
  kSymmetricDefault,
  kRsa2048,
  kRsa3072,
  kRsa4096,
  kEccNistP256,
  kEccNistP384,
  kEccNistP521,
  kEccSecgP256k1,
  kEccNistEdwards25519,
  kHmac224,
  kHmac256,
  kHmac384,
  kHmac512,
};
enum class KeyUsage { kEncryptDecrypt, kSignVerify, kGenerateVerifyMac, kKeyAgreement };
enum class KeyFamily { kSymmetric, kRsa, kEllipticCurve, kEdwards, kHmac };

template <>
inline constexpr auto kCount<KeySpec> = CountTo(KeySpec::kHmac512);
template <>
inline constexpr auto kCount<KeyUsage> = CountTo(KeyUsage::kKeyAgreement);

std::string_view ToText(KeySpec spec);
std::string_view ToText(KeyUsage usage);

// A row of the table. Lists are in the order in which AWS lists them.
struct KeySpecFacts {
  KeySpec spec;
  std::string_view text;
  KeyFamily family;
  std::size_t bits;  // of the modulus, of the field of the curve, of the secret
  std::span<const KeyUsage> usages;
  std::span<const EncryptionAlgorithm> encryption;
  std::span<const SigningAlgorithm> signing;
  std::span<const MacAlgorithm> mac;
  std::span<const KeyAgreementAlgorithm> agreement;
};
// Source: AWS KMS Developer Guide, "Key spec reference".
const KeySpecFacts& FactsOf(KeySpec spec);

bool Admits(KeySpec spec, KeyUsage usage);
// Has a public and a private half.
bool IsAsymmetric(KeySpec spec);

// The algorithms of a key: those of its spec that its usage lets through.
std::span<const EncryptionAlgorithm> EncryptionAlgorithms(KeySpec spec, KeyUsage usage);
std::span<const SigningAlgorithm> SigningAlgorithms(KeySpec spec, KeyUsage usage);
std::span<const MacAlgorithm> MacAlgorithms(KeySpec spec, KeyUsage usage);
std::span<const KeyAgreementAlgorithm> KeyAgreementAlgorithms(KeySpec spec, KeyUsage usage);

// Whether the algorithm is among them.
bool Has(KeySpec spec, KeyUsage usage, EncryptionAlgorithm algorithm);
bool Has(KeySpec spec, KeyUsage usage, SigningAlgorithm algorithm);
bool Has(KeySpec spec, KeyUsage usage, MacAlgorithm algorithm);
bool Has(KeySpec spec, KeyUsage usage, KeyAgreementAlgorithm algorithm);

// Limits of size, in bytes.
struct Range {
  std::size_t min;
  std::size_t max;
};
// Messages to sign, to authenticate, plaintexts under a symmetric key. Source: AWS KMS service
// model.
inline constexpr std::size_t kMessageBytesMax = 4096;
// The longest plaintext; 0 where the algorithm is not one of the spec. RFC 8017 section 7.1.1.
std::size_t PlaintextBytesMax(KeySpec spec, EncryptionAlgorithm algorithm);
// Of the ciphertext of an RSA key.
std::size_t ModulusBytes(KeySpec spec);
// Of the secret that may be imported as a symmetric or HMAC key; {0, 0} for private keys, which
// come as PKCS#8. Source: AWS KMS Developer Guide, "Requirements for imported key material".
Range ImportedSecretBytes(KeySpec spec);
// Of the secret that is made.
std::size_t SecretLength(KeySpec spec);

// What only symmetric encryption keys can do: rotate, live in a custom key store, guard data keys,
// have several imported materials. Every spec may be imported, and made multi-Region, outside of
// custom key stores.
bool IsSymmetricEncryption(KeySpec spec);

}  // namespace kmaas::domain
