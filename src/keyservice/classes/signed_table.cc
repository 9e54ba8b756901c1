#include "keyservice/classes/signed_table.h"

#include <string>

namespace kmaas::keyservice {

Result<ClassTable> ReadSignedTable(const SignedFile& file, ByteView public_key,
                                   std::uint64_t serial_min) {
  KM_CHECK(CheckSignature(file, public_key));
  KM_TRY(ClassTable table, ParseClassTable(file.text, std::string(file.name)));
  KM_CHECK(CheckSerial(file.name, table.serial, serial_min));
  return table;
}

}  // namespace kmaas::keyservice
