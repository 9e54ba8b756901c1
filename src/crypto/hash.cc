#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>
#include <memory>

namespace kmaas::crypto {
namespace {

void Require(bool ok) {
  if (!ok) std::abort();  // no such algorithm or no memory: nothing that a caller could handle
}

template <const char* Name>
const EVP_MD* Fetched() {
  static const EVP_MD* algorithm = EVP_MD_fetch(nullptr, Name, nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

constexpr char kSha1[] = "SHA1";
constexpr char kSha224[] = "SHA224";
constexpr char kSha256[] = "SHA256";
constexpr char kSha384[] = "SHA384";
constexpr char kSha512[] = "SHA512";

EVP_MAC* HmacAlgorithm() {
  static EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

}  // namespace

const evp_md_st* HashAlgorithm(domain::Digest digest) {
  switch (digest) {
    case domain::Digest::kSha1:
      return Fetched<kSha1>();
    case domain::Digest::kSha224:
      return Fetched<kSha224>();
    case domain::Digest::kSha256:
      return Fetched<kSha256>();
    case domain::Digest::kSha384:
      return Fetched<kSha384>();
    case domain::Digest::kSha512:
      return Fetched<kSha512>();
  }
  std::abort();
}

Bytes Hash(domain::Digest digest, ByteView data) {
  Bytes out(SizeOf(digest));
  unsigned size = 0;
  Require(EVP_Digest(data.data(), data.size(), out.data(), &size, HashAlgorithm(digest), nullptr) ==
              1 &&
          size == out.size());
  return out;
}

Bytes Hmac(domain::Digest digest, ByteView key, ByteView data) {
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      EVP_MAC_CTX_new(HmacAlgorithm()), &EVP_MAC_CTX_free);
  // OpenSSL reads the name and takes it as writable all the same.
  char* name = const_cast<char*>(EVP_MD_get0_name(HashAlgorithm(digest)));
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                   OSSL_PARAM_construct_end()};
  // A null key means "keep the old one", so an empty key must not be null.
  const std::uint8_t nothing = 0;
  Bytes tag(SizeOf(digest));
  std::size_t size = 0;
  Require(context != nullptr &&
          EVP_MAC_init(context.get(), key.empty() ? &nothing : key.data(), key.size(),
                       parameters) == 1 &&
          EVP_MAC_update(context.get(), data.data(), data.size()) == 1 &&
          EVP_MAC_final(context.get(), tag.data(), &size, tag.size()) == 1 && size == tag.size());
  return tag;
}

}  // namespace kmaas::crypto
