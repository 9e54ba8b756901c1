// Headers of backups: whatever is read is, byte for byte, what would be written of it.
#include <algorithm>
#include <cstdlib>

#include "backup/header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const kmaas::ByteView bytes(data, size);
  const auto header = kmaas::backup::ParseHeader(bytes);
  if (!header) return 0;
  if (!std::ranges::equal(kmaas::backup::EncodeHeader(*header), bytes)) std::abort();
  return 0;
}
