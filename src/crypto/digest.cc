#include "crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>

namespace kmaas::crypto {
namespace {

// A failure here means that OpenSSL has no SHA-256 or no memory: nothing that a caller could
// handle.
void Require(bool ok) {
  if (!ok) std::abort();
}

EVP_MD* Sha256Algorithm() {
  static EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

EVP_MAC* HmacAlgorithm() {
  static EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

// HMAC-SHA-256 without a key: to name the digest makes OpenSSL look for it, so that is done once.
const EVP_MAC_CTX* Keyless() {
  static const EVP_MAC_CTX* context = [] {
    EVP_MAC_CTX* made = EVP_MAC_CTX_new(HmacAlgorithm());
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    Require(made != nullptr && EVP_MAC_CTX_set_params(made, parameters) == 1);
    return made;
  }();
  return context;
}

void SetKey(EVP_MAC_CTX* context, ByteView key) {
  // OpenSSL takes a null key as "keep the old one", so an empty key must not be null.
  const std::uint8_t nothing = 0;
  Require(EVP_MAC_init(context, key.empty() ? &nothing : key.data(), key.size(), nullptr) == 1);
}

EVP_MAC_CTX* KeyedHmac(ByteView key) {
  EVP_MAC_CTX* context = EVP_MAC_CTX_dup(Keyless());
  Require(context != nullptr);
  SetKey(context, key);
  return context;
}

// A context per thread, reused: allocation costs as much as a short digest.
EVP_MD_CTX* ThreadContext() {
  struct Owner {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~Owner() { EVP_MD_CTX_free(context); }
  };
  static thread_local Owner owner;
  Require(owner.context != nullptr);
  return owner.context;
}

}  // namespace

Sha256Digest Sha256(ByteView data) {
  EVP_MD_CTX* context = ThreadContext();
  Sha256Digest digest;
  unsigned size = 0;
  Require(EVP_DigestInit_ex2(context, Sha256Algorithm(), nullptr) == 1 &&
          EVP_DigestUpdate(context, data.data(), data.size()) == 1 &&
          EVP_DigestFinal_ex(context, digest.data(), &size) == 1);
  return digest;
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  Require(context_ != nullptr && EVP_DigestInit_ex2(context_, Sha256Algorithm(), nullptr) == 1);
}
Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(context_); }
void Sha256Stream::Update(ByteView data) {
  Require(EVP_DigestUpdate(context_, data.data(), data.size()) == 1);
}
Sha256Digest Sha256Stream::Finish() {
  Sha256Digest digest;
  unsigned size = 0;
  Require(EVP_DigestFinal_ex(context_, digest.data(), &size) == 1);
  return digest;
}

HmacSha256Key::HmacSha256Key(ByteView key) : keyed_(KeyedHmac(key)) {}
HmacSha256Key::~HmacSha256Key() { EVP_MAC_CTX_free(keyed_); }

Sha256Digest HmacSha256Key::Tag(ByteView data) const {
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(EVP_MAC_CTX_dup(keyed_),
                                                                          &EVP_MAC_CTX_free);
  Require(context != nullptr);
  Sha256Digest tag;
  std::size_t size = 0;
  Require(EVP_MAC_update(context.get(), data.data(), data.size()) == 1 &&
          EVP_MAC_final(context.get(), tag.data(), &size, tag.size()) == 1);
  return tag;
}

Sha256Digest HmacSha256(ByteView key, ByteView data) { return HmacSha256Key(key).Tag(data); }

bool ConstantTimeEqual(ByteView actual, ByteView expected) {
  return actual.size() == expected.size() &&
         CRYPTO_memcmp(actual.data(), expected.data(), expected.size()) == 0;
}

}  // namespace kmaas::crypto
