// The padding alone is deprecated in OpenSSL 3, without a successor: its provider takes a key.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/oaep.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "crypto/hash.h"

namespace kmaas::crypto {

std::optional<SecretBytes> OaepDecode(domain::Digest digest, ByteView encoded) {
  if (encoded.size() < 2 * SizeOf(digest) + 2) return std::nullopt;
  const EVP_MD* hash = HashAlgorithm(digest);
  SecretBytes message(encoded.size());
  const int length = static_cast<int>(encoded.size());
  const int size = RSA_padding_check_PKCS1_OAEP_mgf1(message.span().data(), length, encoded.data(),
                                                     length, length, nullptr, 0, hash, hash);
  ERR_clear_error();
  if (size < 0) return std::nullopt;
  return SecretBytes(message.view().first(static_cast<std::size_t>(size)));
}

}  // namespace kmaas::crypto
