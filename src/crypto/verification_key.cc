#include "crypto/verification_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

namespace kmaas::crypto {
namespace {

constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;
constexpr int kRsaExponentBitsMax = 32;
constexpr std::size_t kEd25519Bytes = 32;

template <class T, void (*Free)(T*)>
struct FreeBy {
  void operator()(T* object) const { Free(object); }
};
template <class T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, FreeBy<T, Free>>;
using Number = Owned<BIGNUM, BN_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;

Number ToNumber(ByteView bytes) {
  return Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

// Null for parameters that make no valid key.
std::shared_ptr<EVP_PKEY> Build(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  std::shared_ptr<EVP_PKEY> owned(key, &EVP_PKEY_free);
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> check(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return owned;
}

const char* DigestOf(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::kRsaPkcs1Sha256:
    case SignatureScheme::kRsaPssSha256:
    case SignatureScheme::kEcdsaP256Sha256:
      return "SHA256";
    case SignatureScheme::kRsaPkcs1Sha384:
    case SignatureScheme::kEcdsaP384Sha384:
      return "SHA384";
    case SignatureScheme::kRsaPkcs1Sha512:
      return "SHA512";
    case SignatureScheme::kEd25519:
      return nullptr;  // part of the scheme
  }
  return nullptr;
}

// OpenSSL wants the DER form of a signature. Empty for what is none.
Bytes ToDer(ByteView r_then_s, std::size_t coordinate_bytes) {
  if (r_then_s.size() != 2 * coordinate_bytes) return {};
  const Owned<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
  Number r = ToNumber(r_then_s.first(coordinate_bytes));
  Number s = ToNumber(r_then_s.last(coordinate_bytes));
  if (signature == nullptr || r == nullptr || s == nullptr ||
      ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1)
    return {};
  (void)r.release();
  (void)s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return {};
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

bool SetPss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

}  // namespace

VerificationKey::Kind VerificationKey::KindOf(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::kEcdsaP256Sha256:
      return Kind::kP256;
    case SignatureScheme::kEcdsaP384Sha384:
      return Kind::kP384;
    case SignatureScheme::kEd25519:
      return Kind::kEd25519;
    case SignatureScheme::kRsaPkcs1Sha256:
    case SignatureScheme::kRsaPkcs1Sha384:
    case SignatureScheme::kRsaPkcs1Sha512:
    case SignatureScheme::kRsaPssSha256:
      return Kind::kRsa;
  }
  return Kind::kRsa;
}

std::optional<VerificationKey> VerificationKey::FromRsa(ByteView modulus, ByteView exponent) {
  if (modulus.size() > kRsaBitsMax / 8 + 1 || exponent.size() > 8) return std::nullopt;
  const Number n = ToNumber(modulus);
  const Number e = ToNumber(exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (n == nullptr || e == nullptr || builder == nullptr || BN_num_bits(n.get()) < kRsaBitsMin ||
      BN_num_bits(n.get()) > kRsaBitsMax || BN_is_odd(n.get()) != 1 || BN_is_odd(e.get()) != 1 ||
      BN_is_one(e.get()) == 1 || BN_num_bits(e.get()) > kRsaExponentBitsMax)
    return std::nullopt;
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return std::nullopt;
  std::shared_ptr<EVP_PKEY> key = Build("RSA", builder.get());
  if (key == nullptr) return std::nullopt;
  return VerificationKey(Kind::kRsa, std::move(key));
}

std::optional<VerificationKey> VerificationKey::FromEc(Curve curve, ByteView x, ByteView y) {
  const std::size_t bytes = curve == Curve::kP256 ? 32 : 48;
  const char* group = curve == Curve::kP256 ? "prime256v1" : "secp384r1";
  const Builder builder(OSSL_PARAM_BLD_new());
  if (x.size() != bytes || y.size() != bytes || builder == nullptr) return std::nullopt;
  Bytes point = {0x04};
  Append(point, x);
  Append(point, y);
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return std::nullopt;
  std::shared_ptr<EVP_PKEY> key = Build("EC", builder.get());
  if (key == nullptr) return std::nullopt;
  return VerificationKey(curve == Curve::kP256 ? Kind::kP256 : Kind::kP384, std::move(key));
}

std::optional<VerificationKey> VerificationKey::FromEd25519(ByteView point) {
  if (point.size() != kEd25519Bytes) return std::nullopt;
  std::shared_ptr<EVP_PKEY> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, point.data(), point.size()),
      &EVP_PKEY_free);
  if (key == nullptr) return std::nullopt;
  return VerificationKey(Kind::kEd25519, std::move(key));
}

bool VerificationKey::Fits(SignatureScheme scheme) const { return KindOf(scheme) == kind_; }

bool VerificationKey::Verify(SignatureScheme scheme, ByteView message, ByteView signature) const {
  if (!Fits(scheme)) return false;
  Bytes der;
  if (kind_ == Kind::kP256 || kind_ == Kind::kP384) {
    der = ToDer(signature, kind_ == Kind::kP256 ? 32 : 48);
    if (der.empty()) return false;
    signature = der;
  }
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* details = nullptr;  // belongs to the context
  if (context == nullptr ||
      EVP_DigestVerifyInit_ex(context.get(), &details, DigestOf(scheme), nullptr, nullptr,
                              key_.get(), nullptr) != 1 ||
      (scheme == SignatureScheme::kRsaPssSha256 && !SetPss(details)))
    return false;
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace kmaas::crypto
