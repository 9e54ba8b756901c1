// A file that an installation trusts because it is signed.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace kmaas::keyservice {

struct SignedFile {
  std::string_view name;       // for messages
  std::string_view text;       // the exact bytes
  std::string_view signature;  // base64 of Ed25519 over them; one line break may follow
};

// kInvalidSignature for one that does not hold. Nothing of the text is read before it does.
Result<void> CheckSignature(const SignedFile& file, ByteView public_key);
// kValidation for a serial below `serial_min`: what was in force once must not come back.
Result<void> CheckSerial(std::string_view name, std::uint64_t serial, std::uint64_t serial_min);

}  // namespace kmaas::keyservice
