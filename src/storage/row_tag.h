// What is remembered of each row beside the sums, so that an alarm can name the row.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace kmaas::storage {

// Which row it is, and which version of it. A diagnosis, never a reason to trust: that all rows are
// as they were written, the sums say. Two rows of a leaf share a tag once in four thousand million.
struct RowTag {
  std::uint32_t key = 0;      // SetHash::KeyTag
  std::uint32_t version = 0;  // VersionTag
  bool operator==(const RowTag&) const = default;
};
using RowTags = std::vector<RowTag>;  // in the order of the keys

// The first bytes of the row's MAC, which is pseudorandom.
std::uint32_t VersionTag(ByteView row_mac);

}  // namespace kmaas::storage
