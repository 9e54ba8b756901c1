#include "requestsheet/cell_text.h"

#include <array>

#include "base/ascii_case.h"
#include "keyservice/rows/spaces.h"

namespace kmaas::requestsheet {
namespace {

// Soft hyphen, zero width ones, the mark of byte order.
constexpr std::array<std::string_view, 5> kUnseen = {"\u00ad", "\u200b", "\u200c", "\u200d",
                                                     "\ufeff"};
constexpr std::string_view kMore = "\u2026";

std::size_t LeadingUnseen(std::string_view text) {
  for (const std::string_view one : kUnseen) {
    if (text.starts_with(one)) return one.size();
  }
  return 0;
}

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string Folded(std::string_view text) {
  std::string folded;
  while (!text.empty()) {
    std::size_t skipped = keyservice::LeadingSpace(text);
    if (skipped == 0) skipped = LeadingUnseen(text);
    if (skipped == 0) {
      folded += LowerAscii(text.front());
      skipped = 1;
    }
    text.remove_prefix(skipped);
  }
  return folded;
}

std::string Cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max - kMore.size();
  while (end > 0 && Continues(text[end])) --end;
  return std::string(text.substr(0, end)) + std::string(kMore);
}

}  // namespace kmaas::requestsheet
