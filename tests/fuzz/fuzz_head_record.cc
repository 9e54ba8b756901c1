// The record of the store's head: whatever decodes is, byte for byte, what it encodes to.
#include <cstdlib>

#include "storage/head_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto record = kmaas::storage::HeadRecord::Decode(bytes);
  if (record && record->Encode() != bytes) std::abort();
  return 0;
}
