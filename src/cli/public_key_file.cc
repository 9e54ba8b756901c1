#include "cli/public_key_file.h"

#include <fstream>
#include <iterator>
#include <optional>

#include "crypto/public_key_pem.h"

namespace kmaas::cli {

Result<Bytes> ReadPublicKey(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  std::optional<Bytes> key = crypto::PublicKeyFromPem(text);
  if (key) return *std::move(key);
  return Error{ErrorCode::kValidation,
               file + ": cannot be read, or has no public key in PEM (BEGIN PUBLIC KEY)"};
}

}  // namespace kmaas::cli
