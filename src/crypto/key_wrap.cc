// RFC 5649 over OpenSSL.
#include "crypto/key_wrap.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace kmaas::crypto {
namespace {

constexpr std::size_t kKeyBytes = 32;

EVP_CIPHER* KeyWrapAlgorithm() {
  static EVP_CIPHER* algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-WRAP-PAD", nullptr);
  if (algorithm == nullptr) std::abort();  // OpenSSL 3 always has it
  return algorithm;
}

}  // namespace

std::optional<SecretBytes> KeyWrapPadOpen(ByteView key, ByteView blob) {
  if (key.size() != kKeyBytes || blob.size() < 16 || blob.size() > 65536) return std::nullopt;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  if (context == nullptr) std::abort();
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (EVP_DecryptInit_ex2(context.get(), KeyWrapAlgorithm(), key.data(), nullptr, nullptr) != 1)
    return std::nullopt;
  SecretBytes out(blob.size());
  int size = 0;
  if (EVP_DecryptUpdate(context.get(), out.span().data(), &size, blob.data(),
                        static_cast<int>(blob.size())) != 1 ||
      size <= 0)
    return std::nullopt;
  return SecretBytes(out.view().first(static_cast<std::size_t>(size)));
}

}  // namespace kmaas::crypto
