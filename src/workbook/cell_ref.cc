#include "workbook/cell_ref.h"

#include <algorithm>
#include <charconv>

namespace kmaas::workbook {

std::optional<CellRef> ParseCellRef(std::string_view text) {
  CellRef at{0, 0};
  std::size_t letters = 0;
  while (letters < text.size() && text[letters] >= 'A' && text[letters] <= 'Z') {
    at.column = at.column * 26 + static_cast<std::uint32_t>(text[letters] - 'A' + 1);
    if (++letters > 3) return std::nullopt;
  }
  const std::string_view digits = text.substr(letters);
  if (letters == 0 || at.column > kColumnMax || digits.empty() || digits[0] == '0') {
    return std::nullopt;
  }
  const char* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, at.row);
  if (error != std::errc{} || stopped != end || at.row > kRowMax) return std::nullopt;
  return at;
}

std::optional<CellRange> ParseCellRange(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto first = ParseCellRef(text.substr(0, colon));
  if (!first) return std::nullopt;
  if (colon == std::string_view::npos) return CellRange{*first, *first};
  const auto last = ParseCellRef(text.substr(colon + 1));
  if (!last || last->row < first->row || last->column < first->column) return std::nullopt;
  return CellRange{*first, *last};
}

std::string ColumnName(std::uint32_t column) {
  std::string name;
  for (; column > 0; column = (column - 1) / 26) {
    name += static_cast<char>('A' + (column - 1) % 26);
  }
  std::ranges::reverse(name);
  return name;
}

std::string ToText(CellRef at) { return ColumnName(at.column) + std::to_string(at.row); }

std::string ToText(CellRange range) {
  if (range.first == range.last) return ToText(range.first);
  return ToText(range.first) + ":" + ToText(range.last);
}

}  // namespace kmaas::workbook
