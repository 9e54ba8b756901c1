#include "storage/row_tag.h"

#include <algorithm>

namespace kmaas::storage {

std::uint32_t VersionTag(ByteView row_mac) {
  ByteReader reader(row_mac.first(std::min<std::size_t>(row_mac.size(), 4)));
  return reader.U32();
}

}  // namespace kmaas::storage
