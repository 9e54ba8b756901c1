#include "domain/algorithms.h"

namespace kmaas::domain {

std::size_t SizeOf(Digest digest) {
  switch (digest) {
    case Digest::kSha1:
      return 20;
    case Digest::kSha224:
      return 28;
    case Digest::kSha256:
      return 32;
    case Digest::kSha384:
      return 48;
    case Digest::kSha512:
      return 64;
  }
  return 0;
}

std::size_t BlockOf(Digest digest) {
  return digest == Digest::kSha384 || digest == Digest::kSha512 ? 128 : 64;
}

std::string_view ToText(EncryptionAlgorithm algorithm) {
  switch (algorithm) {
    case EncryptionAlgorithm::kSymmetricDefault:
      return "SYMMETRIC_DEFAULT";
    case EncryptionAlgorithm::kRsaesOaepSha1:
      return "RSAES_OAEP_SHA_1";
    case EncryptionAlgorithm::kRsaesOaepSha256:
      return "RSAES_OAEP_SHA_256";
  }
  return "";
}

std::string_view ToText(SigningAlgorithm algorithm) {
  switch (algorithm) {
    case SigningAlgorithm::kRsassaPkcs1V15Sha256:
      return "RSASSA_PKCS1_V1_5_SHA_256";
    case SigningAlgorithm::kRsassaPkcs1V15Sha384:
      return "RSASSA_PKCS1_V1_5_SHA_384";
    case SigningAlgorithm::kRsassaPkcs1V15Sha512:
      return "RSASSA_PKCS1_V1_5_SHA_512";
    case SigningAlgorithm::kRsassaPssSha256:
      return "RSASSA_PSS_SHA_256";
    case SigningAlgorithm::kRsassaPssSha384:
      return "RSASSA_PSS_SHA_384";
    case SigningAlgorithm::kRsassaPssSha512:
      return "RSASSA_PSS_SHA_512";
    case SigningAlgorithm::kEcdsaSha256:
      return "ECDSA_SHA_256";
    case SigningAlgorithm::kEcdsaSha384:
      return "ECDSA_SHA_384";
    case SigningAlgorithm::kEcdsaSha512:
      return "ECDSA_SHA_512";
    case SigningAlgorithm::kEd25519PhSha512:
      return "ED25519_PH_SHA_512";
    case SigningAlgorithm::kEd25519Sha512:
      return "ED25519_SHA_512";
  }
  return "";
}

std::string_view ToText(MacAlgorithm algorithm) {
  switch (algorithm) {
    case MacAlgorithm::kHmacSha224:
      return "HMAC_SHA_224";
    case MacAlgorithm::kHmacSha256:
      return "HMAC_SHA_256";
    case MacAlgorithm::kHmacSha384:
      return "HMAC_SHA_384";
    case MacAlgorithm::kHmacSha512:
      return "HMAC_SHA_512";
  }
  return "";
}

std::string_view ToText(KeyAgreementAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAgreementAlgorithm::kEcdh:
      return "ECDH";
  }
  return "";
}

std::string_view ToText(WrappingAlgorithm algorithm) {
  switch (algorithm) {
    case WrappingAlgorithm::kRsaesOaepSha1:
      return "RSAES_OAEP_SHA_1";
    case WrappingAlgorithm::kRsaesOaepSha256:
      return "RSAES_OAEP_SHA_256";
    case WrappingAlgorithm::kRsaAesKeyWrapSha1:
      return "RSA_AES_KEY_WRAP_SHA_1";
    case WrappingAlgorithm::kRsaAesKeyWrapSha256:
      return "RSA_AES_KEY_WRAP_SHA_256";
  }
  return "";
}

std::string_view ToText(MessageType type) {
  switch (type) {
    case MessageType::kRaw:
      return "RAW";
    case MessageType::kDigest:
      return "DIGEST";
  }
  return "";
}

SigningFacts FactsOf(SigningAlgorithm algorithm) {
  switch (algorithm) {
    case SigningAlgorithm::kRsassaPkcs1V15Sha256:
      return {SignatureScheme::kRsaPkcs1, Digest::kSha256};
    case SigningAlgorithm::kRsassaPkcs1V15Sha384:
      return {SignatureScheme::kRsaPkcs1, Digest::kSha384};
    case SigningAlgorithm::kRsassaPkcs1V15Sha512:
      return {SignatureScheme::kRsaPkcs1, Digest::kSha512};
    case SigningAlgorithm::kRsassaPssSha256:
      return {SignatureScheme::kRsaPss, Digest::kSha256};
    case SigningAlgorithm::kRsassaPssSha384:
      return {SignatureScheme::kRsaPss, Digest::kSha384};
    case SigningAlgorithm::kRsassaPssSha512:
      return {SignatureScheme::kRsaPss, Digest::kSha512};
    case SigningAlgorithm::kEcdsaSha256:
      return {SignatureScheme::kEcdsa, Digest::kSha256};
    case SigningAlgorithm::kEcdsaSha384:
      return {SignatureScheme::kEcdsa, Digest::kSha384};
    case SigningAlgorithm::kEcdsaSha512:
      return {SignatureScheme::kEcdsa, Digest::kSha512};
    case SigningAlgorithm::kEd25519PhSha512:
      return {SignatureScheme::kEd25519Prehash, Digest::kSha512};
    case SigningAlgorithm::kEd25519Sha512:
      break;
  }
  return {SignatureScheme::kEd25519, Digest::kSha512};
}

bool SignsDigest(SigningAlgorithm algorithm) {
  const SignatureScheme scheme = FactsOf(algorithm).scheme;
  return scheme != SignatureScheme::kEd25519 && scheme != SignatureScheme::kEd25519Prehash;
}

bool Takes(SigningAlgorithm algorithm, MessageType type) {
  const SignatureScheme scheme = FactsOf(algorithm).scheme;
  if (scheme == SignatureScheme::kEd25519) return type == MessageType::kRaw;
  if (scheme == SignatureScheme::kEd25519Prehash) return type == MessageType::kDigest;
  return true;
}

Digest DigestOf(MacAlgorithm algorithm) {
  switch (algorithm) {
    case MacAlgorithm::kHmacSha224:
      return Digest::kSha224;
    case MacAlgorithm::kHmacSha256:
      return Digest::kSha256;
    case MacAlgorithm::kHmacSha384:
      return Digest::kSha384;
    case MacAlgorithm::kHmacSha512:
      break;
  }
  return Digest::kSha512;
}

Digest OaepDigestOf(EncryptionAlgorithm algorithm) {
  return algorithm == EncryptionAlgorithm::kRsaesOaepSha1 ? Digest::kSha1 : Digest::kSha256;
}

Digest OaepDigestOf(WrappingAlgorithm algorithm) {
  return algorithm == WrappingAlgorithm::kRsaesOaepSha1 ||
                 algorithm == WrappingAlgorithm::kRsaAesKeyWrapSha1
             ? Digest::kSha1
             : Digest::kSha256;
}

bool HasEphemeralKey(WrappingAlgorithm algorithm) {
  return algorithm == WrappingAlgorithm::kRsaAesKeyWrapSha1 ||
         algorithm == WrappingAlgorithm::kRsaAesKeyWrapSha256;
}

}  // namespace kmaas::domain
