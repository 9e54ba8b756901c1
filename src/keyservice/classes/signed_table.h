// The class table as an installation trusts it: signed, and not older than the one before.
#pragma once

#include "keyservice/classes/class_table.h"
#include "keyservice/files/signed_file.h"

namespace kmaas::keyservice {

// What CheckSignature, ParseClassTable and CheckSerial refuse, in that order.
Result<ClassTable> ReadSignedTable(const SignedFile& file, ByteView public_key,
                                   std::uint64_t serial_min);

}  // namespace kmaas::keyservice
