// The class table as an installation trusts it: signed, and not older than the one before.
#pragma once

#include <string>
#include <string_view>

#include "keyservice/classes/class_table.h"

namespace kmaas::keyservice {

struct SignedFile {
  std::string_view name;       // for messages
  std::string_view text;       // the exact bytes
  std::string_view signature;  // base64 of Ed25519 over them; one line break may follow
};

// Nothing of the text is read before its signature holds. kInvalidSignature for a signature that
// does not; kValidation for a serial below `serial_min` (a table that was in force once must not
// come back), and for what ParseClassTable refuses.
Result<ClassTable> ReadSignedTable(const SignedFile& file, ByteView public_key,
                                   std::uint64_t serial_min);

}  // namespace kmaas::keyservice
