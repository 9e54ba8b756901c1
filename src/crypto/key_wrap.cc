// RFC 5649 over OpenSSL.
#include "crypto/key_wrap.h"

#include <cstdlib>

#include "crypto/openssl_keys.h"

namespace kmaas::crypto {
namespace {

using Context = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

constexpr std::size_t kKeyBytes = 32;
// Eight bytes of integrity, up to seven of padding; OpenSSL wants room for a block more.
constexpr std::size_t kOverheadBytesMax = 32;

void Require(bool ok) {
  if (!ok) std::abort();  // out of memory, or an OpenSSL without the algorithm
}

EVP_CIPHER* KeyWrapAlgorithm() {
  static EVP_CIPHER* algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-WRAP-PAD", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

}  // namespace

Bytes KeyWrapPad(ByteView key, ByteView plaintext) {
  const Context context(EVP_CIPHER_CTX_new());
  Require(context != nullptr && key.size() == kKeyBytes);
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  Bytes out(plaintext.size() + kOverheadBytesMax);
  int size = 0;
  Require(EVP_EncryptInit_ex2(context.get(), KeyWrapAlgorithm(), key.data(), nullptr, nullptr) ==
              1 &&
          EVP_EncryptUpdate(context.get(), out.data(), &size, plaintext.data(),
                            static_cast<int>(plaintext.size())) == 1);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<SecretBytes> KeyWrapPadOpen(ByteView key, ByteView blob) {
  if (key.size() != kKeyBytes || blob.size() < 16 || blob.size() > 65536) return std::nullopt;
  const Context context(EVP_CIPHER_CTX_new());
  Require(context != nullptr);
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
