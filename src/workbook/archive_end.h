// The end of a zip archive, where it says how many entries there are.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace kmaas::workbook {

// Read before libzip makes room for so many. Nothing where the archive does not end as one.
std::optional<std::uint64_t> DeclaredEntries(ByteView file);

}  // namespace kmaas::workbook
