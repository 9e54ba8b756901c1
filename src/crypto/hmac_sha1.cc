#include "crypto/hmac_sha1.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>
#include <memory>

namespace kmaas::crypto {
namespace {

// A failure here means that OpenSSL has no SHA-1 or no memory: nothing that a caller could handle.
void Require(bool ok) {
  if (!ok) std::abort();
}

EVP_MAC* HmacAlgorithm() {
  static EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

}  // namespace

Sha1Tag HmacSha1(ByteView key, ByteView data) {
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      EVP_MAC_CTX_new(HmacAlgorithm()), &EVP_MAC_CTX_free);
  Require(context != nullptr);
  char digest[] = "SHA1";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  // OpenSSL takes a null key as "keep the old one", so an empty key must not be null.
  const std::uint8_t nothing = 0;
  Sha1Tag tag;
  std::size_t size = 0;
  Require(EVP_MAC_init(context.get(), key.empty() ? &nothing : key.data(), key.size(),
                       parameters) == 1 &&
          EVP_MAC_update(context.get(), data.data(), data.size()) == 1 &&
          EVP_MAC_final(context.get(), tag.data(), &size, tag.size()) == 1);
  return tag;
}

}  // namespace kmaas::crypto
