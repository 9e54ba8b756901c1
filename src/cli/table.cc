#include "cli/table.h"

#include <algorithm>

namespace kmaas::cli {

namespace {

// Of U+2000 to U+206F, whose UTF-8 begins with E2 80 or E2 81: zero width letters and marks of
// direction, which show a text as another one. By the last byte.
bool MisleadsAfter80(unsigned char last) {
  return (last >= 0x8b && last <= 0x8f) || (last >= 0xaa && last <= 0xae);
}
bool MisleadsAfter81(unsigned char last) { return last >= 0xa0 && last <= 0xaf; }

void HideMisleading(std::string& text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[i + at]); };
    const bool misleads = byte(0) == 0xe2 && ((byte(1) == 0x80 && MisleadsAfter80(byte(2))) ||
                                              (byte(1) == 0x81 && MisleadsAfter81(byte(2))));
    if (misleads) text.replace(i, 3, "?");
  }
}

}  // namespace

std::string Harmless(std::string text) {
  HideMisleading(text);
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
