#include "tests/fakes/test_issuer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <map>
#include <memory>

#include "base/encoding.h"

namespace kmaas::fakes {
namespace {

void Require(bool ok) {
  if (!ok) std::abort();
}

bool IsRsa(const std::string& algorithm) { return algorithm[0] == 'R' || algorithm[0] == 'P'; }

EVP_PKEY* KeyFor(const std::string& algorithm) {
  static std::map<std::string, std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>> keys;
  const auto known = keys.find(algorithm);
  if (known != keys.end()) return known->second.get();
  EVP_PKEY* key = nullptr;
  if (IsRsa(algorithm)) {
    key = EVP_RSA_gen(2048);
  } else if (algorithm == "EdDSA") {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  } else {
    key = EVP_EC_gen(algorithm == "ES256" ? "P-256" : "P-384");
  }
  Require(key != nullptr);
  keys.try_emplace(algorithm, key, &EVP_PKEY_free);
  return key;
}

std::string NumberOf(EVP_PKEY* key, const char* name, int bytes) {
  BIGNUM* number = nullptr;
  Require(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  Bytes out(static_cast<std::size_t>(bytes == 0 ? BN_num_bytes(number) : bytes));
  Require(BN_bn2binpad(number, out.data(), static_cast<int>(out.size())) > 0);
  BN_free(number);
  return Base64UrlEncode(out);
}

std::string Point(EVP_PKEY* key) {
  Bytes out(32);
  std::size_t size = out.size();
  Require(EVP_PKEY_get_raw_public_key(key, out.data(), &size) == 1);
  return Base64UrlEncode(out);
}

const char* DigestOf(const std::string& algorithm) {
  if (algorithm == "EdDSA") return nullptr;
  const std::string bits = algorithm.substr(2);
  return bits == "256" ? "SHA256" : bits == "384" ? "SHA384" : "SHA512";
}

Bytes FromDer(const Bytes& der, int coordinate_bytes) {
  const unsigned char* at = der.data();
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  Require(signature != nullptr);
  Bytes out(static_cast<std::size_t>(coordinate_bytes) * 2);
  Require(BN_bn2binpad(ECDSA_SIG_get0_r(signature), out.data(), coordinate_bytes) > 0 &&
          BN_bn2binpad(ECDSA_SIG_get0_s(signature), out.data() + coordinate_bytes,
                       coordinate_bytes) > 0);
  ECDSA_SIG_free(signature);
  return out;
}

Bytes Signature(const std::string& algorithm, const std::string& message) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* details = nullptr;
  Require(EVP_DigestSignInit_ex(context, &details, DigestOf(algorithm), nullptr, nullptr,
                                KeyFor(algorithm), nullptr) == 1);
  if (algorithm[0] == 'P') {
    Require(EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) == 1);
  }
  Bytes out(1024);
  std::size_t size = out.size();
  Require(EVP_DigestSign(context, out.data(), &size, AsBytes(message).data(), message.size()) == 1);
  EVP_MD_CTX_free(context);
  out.resize(size);
  if (algorithm[0] != 'E' || algorithm == "EdDSA") return out;
  return FromDer(out, algorithm == "ES256" ? 32 : 48);
}

}  // namespace

TestIssuer::TestIssuer(std::vector<std::string> algorithms) : algorithms_(std::move(algorithms)) {}

std::string TestIssuer::Jwk(const std::string& algorithm, const std::string& key_id) {
  EVP_PKEY* key = KeyFor(algorithm);
  const std::string start = R"({"kid":")" + key_id + R"(","use":"sig","kty":")";
  if (IsRsa(algorithm)) {
    return start + R"(RSA","n":")" + NumberOf(key, OSSL_PKEY_PARAM_RSA_N, 0) + R"(","e":")" +
           NumberOf(key, OSSL_PKEY_PARAM_RSA_E, 0) + R"("})";
  }
  if (algorithm == "EdDSA") return start + R"(OKP","crv":"Ed25519","x":")" + Point(key) + R"("})";
  const int bytes = algorithm == "ES256" ? 32 : 48;
  return start + R"(EC","crv":")" + (bytes == 32 ? "P-256" : "P-384") + R"(","x":")" +
         NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_X, bytes) + R"(","y":")" +
         NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, bytes) + R"("})";
}

std::string TestIssuer::Jwks() const {
  std::string keys;
  for (const std::string& algorithm : algorithms_)
    keys += (keys.empty() ? "" : ",") + Jwk(algorithm, algorithm + "-key");
  return R"({"keys":[)" + keys + "]}";
}

std::string TestIssuer::Sign(const std::string& algorithm, std::string_view header,
                             std::string_view claims) {
  std::string token = Base64UrlEncode(AsBytes(header)) + "." + Base64UrlEncode(AsBytes(claims));
  token += "." + Base64UrlEncode(Signature(algorithm, token));
  return token;
}

std::string TestIssuer::Token(const std::string& algorithm, std::string_view claims) {
  return Sign(algorithm,
              R"({"typ":"JWT","alg":")" + algorithm + R"(","kid":")" + algorithm + R"(-key"})",
              claims);
}

}  // namespace kmaas::fakes
