#include "keyservice/files/signed_file.h"

#include <string>

#include "base/encoding.h"
#include "crypto/ed25519.h"

namespace kmaas::keyservice {

Result<void> CheckSignature(const SignedFile& file, ByteView public_key) {
  const std::string name(file.name);
  std::string_view encoded = file.signature;
  if (encoded.ends_with('\n')) encoded.remove_suffix(1);
  std::string signature;
  if (!Base64Decode(encoded, signature) || signature.size() != crypto::kEd25519SignatureBytes) {
    return Error{ErrorCode::kInvalidSignature,
                 name + ": its signature is not base64 of 64 bytes; sign the file again"};
  }
  if (public_key.size() != crypto::kEd25519PublicBytes ||
      !crypto::Ed25519Verify(public_key, AsBytes(file.text), AsBytes(signature))) {
    return Error{ErrorCode::kInvalidSignature,
                 name +
                     ": the signature is not of these bytes under the installation's key; "
                     "sign the file again after each edit"};
  }
  return {};
}

Result<void> CheckSerial(std::string_view name, std::uint64_t serial, std::uint64_t serial_min) {
  if (serial >= serial_min) return {};
  return Error{ErrorCode::kValidation, std::string(name) + ": serial " + std::to_string(serial) +
                                           " is older than " + std::to_string(serial_min) +
                                           ", which was in force; raise it and sign again"};
}

}  // namespace kmaas::keyservice
