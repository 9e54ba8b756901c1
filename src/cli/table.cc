#include "cli/table.h"

#include <algorithm>

namespace kmaas::cli {

std::string Harmless(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return text;
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
