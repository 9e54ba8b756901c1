// The algorithms of AWS KMS, and the facts about each that do not depend on a key.
#pragma once

#include <cstddef>
#include <string_view>

#include "domain/enumeration.h"

namespace kmaas::domain {

enum class Digest { kSha1, kSha224, kSha256, kSha384, kSha512 };
std::size_t SizeOf(Digest digest);   // bytes of output
std::size_t BlockOf(Digest digest);  // bytes of a block of input

enum class EncryptionAlgorithm { kSymmetricDefault, kRsaesOaepSha1, kRsaesOaepSha256 };

enum class SigningAlgorithm {
  kRsassaPkcs1V15Sha256,
  kRsassaPkcs1V15Sha384,
  kRsassaPkcs1V15Sha512,
  kRsassaPssSha256,
  kRsassaPssSha384,
  kRsassaPssSha512,
  kEcdsaSha256,
  kEcdsaSha384,
  kEcdsaSha512,
  kEd25519PhSha512,
  kEd25519Sha512,
};

enum class MacAlgorithm { kHmacSha224, kHmacSha256, kHmacSha384, kHmacSha512 };
enum class KeyAgreementAlgorithm { kEcdh };

// How material is wrapped on its way in.
enum class WrappingAlgorithm {
  kRsaesOaepSha1,
  kRsaesOaepSha256,
  kRsaAesKeyWrapSha1,
  kRsaAesKeyWrapSha256,
};

enum class MessageType { kRaw, kDigest };

std::string_view ToText(EncryptionAlgorithm algorithm);
std::string_view ToText(SigningAlgorithm algorithm);
std::string_view ToText(MacAlgorithm algorithm);
std::string_view ToText(KeyAgreementAlgorithm algorithm);
std::string_view ToText(WrappingAlgorithm algorithm);
std::string_view ToText(MessageType type);

template <>
inline constexpr auto kCount<EncryptionAlgorithm> = CountTo(EncryptionAlgorithm::kRsaesOaepSha256);
template <>
inline constexpr auto kCount<SigningAlgorithm> = CountTo(SigningAlgorithm::kEd25519Sha512);
template <>
inline constexpr auto kCount<MacAlgorithm> = CountTo(MacAlgorithm::kHmacSha512);
template <>
inline constexpr auto kCount<KeyAgreementAlgorithm> = CountTo(KeyAgreementAlgorithm::kEcdh);
template <>
inline constexpr auto kCount<WrappingAlgorithm> = CountTo(WrappingAlgorithm::kRsaAesKeyWrapSha256);
template <>
inline constexpr auto kCount<MessageType> = CountTo(MessageType::kDigest);

enum class SignatureScheme { kRsaPkcs1, kRsaPss, kEcdsa, kEd25519, kEd25519Prehash };

struct SigningFacts {
  SignatureScheme scheme;
  Digest digest;  // of the message; MGF1 and salt length of PSS follow it
};
SigningFacts FactsOf(SigningAlgorithm algorithm);

// Whether the private operation takes a digest of the message. The forms of Ed25519 take the
// message: pure Ed25519 has no digest, and Ed25519ph makes its own of whatever the caller sends, a
// digest too (AWS KMS API, Sign).
bool SignsDigest(SigningAlgorithm algorithm);
// The form in which a caller may send a message: Ed25519 takes RAW only, Ed25519ph DIGEST only,
// the others both.
bool Takes(SigningAlgorithm algorithm, MessageType type);

Digest DigestOf(MacAlgorithm algorithm);
Digest OaepDigestOf(EncryptionAlgorithm algorithm);  // of the OAEP ones; MGF1 has the same
Digest OaepDigestOf(WrappingAlgorithm algorithm);    // likewise
// Whether RSA wraps an AES key which wraps the material, or the material itself.
bool HasEphemeralKey(WrappingAlgorithm algorithm);

}  // namespace kmaas::domain
