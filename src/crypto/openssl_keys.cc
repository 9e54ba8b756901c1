#include "crypto/openssl_keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <array>
#include <string_view>

#include "crypto/hash.h"

namespace kmaas::crypto {
namespace {

constexpr int kRsaExponentBitsMax = 32;

using Number = Owned<BIGNUM, BN_free>;

Number NumberOf(const EVP_PKEY* key, const char* parameter) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1) return nullptr;
  return Number(number);
}

bool IsRsaOfSize(const EVP_PKEY* key, std::size_t bits) {
  if (EVP_PKEY_is_a(key, "RSA") != 1) return false;
  const Number n = NumberOf(key, OSSL_PKEY_PARAM_RSA_N);
  const Number e = NumberOf(key, OSSL_PKEY_PARAM_RSA_E);
  return n != nullptr && e != nullptr && BN_num_bits(n.get()) == static_cast<int>(bits) &&
         BN_is_odd(n.get()) == 1 && BN_is_odd(e.get()) == 1 && BN_is_one(e.get()) != 1 &&
         BN_num_bits(e.get()) <= kRsaExponentBitsMax;
}

bool HasText(const EVP_PKEY* key, const char* parameter, std::string_view expected) {
  std::array<char, 64> text{};
  std::size_t size = 0;
  return EVP_PKEY_get_utf8_string_param(key, parameter, text.data(), text.size(), &size) == 1 &&
         std::string_view(text.data(), size) == expected;
}

// A curve that is written out instead of named is refused, whatever it comes to.
bool IsOfCurve(const EVP_PKEY* key, const char* curve) {
  return EVP_PKEY_is_a(key, "EC") == 1 && HasText(key, OSSL_PKEY_PARAM_GROUP_NAME, curve) &&
         HasText(key, OSSL_PKEY_PARAM_EC_ENCODING, "named_curve");
}

}  // namespace

const char* CurveName(domain::KeySpec spec) {
  switch (spec) {
    case domain::KeySpec::kEccNistP256:
      return "prime256v1";
    case domain::KeySpec::kEccNistP384:
      return "secp384r1";
    case domain::KeySpec::kEccNistP521:
      return "secp521r1";
    case domain::KeySpec::kEccSecgP256k1:
      return "secp256k1";
    default:
      return nullptr;
  }
}

bool IsOfSpec(const EVP_PKEY* key, domain::KeySpec spec) {
  switch (FactsOf(spec).family) {
    case domain::KeyFamily::kRsa:
      return IsRsaOfSize(key, FactsOf(spec).bits);
    case domain::KeyFamily::kEllipticCurve:
      return IsOfCurve(key, CurveName(spec));
    case domain::KeyFamily::kEdwards:
      return EVP_PKEY_is_a(key, "ED25519") == 1;
    case domain::KeyFamily::kSymmetric:
    case domain::KeyFamily::kHmac:
      return false;
  }
  return false;
}

bool CanSign(domain::KeySpec spec, domain::SigningAlgorithm algorithm, ByteView input) {
  if (!Has(spec, domain::KeyUsage::kSignVerify, algorithm)) return false;
  return !SignsDigest(algorithm) || input.size() == SizeOf(FactsOf(algorithm).digest);
}

bool SetSignatureParameters(EVP_PKEY_CTX* context, domain::SigningAlgorithm algorithm) {
  const domain::SigningFacts facts = FactsOf(algorithm);
  const EVP_MD* hash = HashAlgorithm(facts.digest);
  switch (facts.scheme) {
    case domain::SignatureScheme::kRsaPkcs1:
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
             EVP_PKEY_CTX_set_signature_md(context, hash) == 1;
    case domain::SignatureScheme::kRsaPss:
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_signature_md(context, hash) == 1 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    case domain::SignatureScheme::kEcdsa:
      return EVP_PKEY_CTX_set_signature_md(context, hash) == 1;
    case domain::SignatureScheme::kEd25519:
    case domain::SignatureScheme::kEd25519Prehash:
      return false;  // no signature over a digest
  }
  return false;
}

bool SetOaepParameters(EVP_PKEY_CTX* context, domain::EncryptionAlgorithm algorithm) {
  const EVP_MD* hash = HashAlgorithm(OaepDigestOf(algorithm));
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(context, hash) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) == 1;
}

KeyContext ContextOf(EVP_PKEY* key) {
  return KeyContext(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
}

}  // namespace kmaas::crypto
