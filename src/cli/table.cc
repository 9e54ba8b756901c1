#include "cli/table.h"

#include <algorithm>

namespace kmaas::cli {

std::string Harmless(std::string text) {
  unsigned char before = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F in UTF-8: U+009B begins a terminal's commands as ESC [ does.
    if (before == 0xc2 && byte >= 0x80 && byte < 0xa0) text[i - 1] = text[i] = '?';
    if (byte < 0x20 || byte == 0x7f) text[i] = '?';
    before = byte;
  }
  return text;
}

std::string Joined(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : ", ") + part;
  return joined.empty() ? "none" : joined;
}

void Table::Print(std::ostream& out) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string cell = Harmless(row[i]);
      if (i + 1 < row.size()) cell.append(widths[i] + 2 - cell.size(), ' ');
      line += cell;
    }
    out << line << '\n';
  }
}

}  // namespace kmaas::cli
