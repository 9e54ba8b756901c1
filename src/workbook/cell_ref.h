// Addresses of cells and ranges, as in A1 and B2:D40.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kmaas::workbook {

inline constexpr std::uint32_t kRowMax = 1'048'576;
inline constexpr std::uint32_t kColumnMax = 16'384;

// Both count from 1. Ordered as a sheet stores its cells: by row, then by column.
struct CellRef {
  std::uint32_t row = 1;
  std::uint32_t column = 1;
  auto operator<=>(const CellRef&) const = default;
};

// Both corners belong to it; `first` is above and left of `last`.
struct CellRange {
  CellRef first;
  CellRef last;
  bool operator==(const CellRange&) const = default;
  bool Contains(CellRef at) const {
    return at.row >= first.row && at.row <= last.row && at.column >= first.column &&
           at.column <= last.column;
  }
};

// Nothing for what no sheet has. Dollar signs are not taken.
std::optional<CellRef> ParseCellRef(std::string_view text);
// A single cell is a range, too.
std::optional<CellRange> ParseCellRange(std::string_view text);
std::string ToText(CellRef at);
std::string ToText(CellRange range);
std::string ColumnName(std::uint32_t column);

}  // namespace kmaas::workbook
