#include "requestsheet/cell_text.h"

#include <array>

#include "base/ascii_case.h"
#include "requestsheet/sheet_names.h"

namespace kmaas::requestsheet {
namespace {

// UTF-8 of spaces: ASCII's, no-break, figure, thin and narrow ones, ideographic.
constexpr std::array<std::string_view, 10> kSpaces = {
    " ", "\t", "\n", "\r", "\u00a0", "\u2007", "\u2009", "\u202f", "\u2003", "\u3000"};
// Soft hyphen, zero width ones, the mark of byte order.
constexpr std::array<std::string_view, 5> kUnseen = {"\u00ad", "\u200b", "\u200c", "\u200d",
                                                     "\ufeff"};

template <std::size_t kCount>
std::size_t StartsWithOne(std::string_view text, const std::array<std::string_view, kCount>& of) {
  for (const std::string_view one : of) {
    if (text.starts_with(one)) return one.size();
  }
  return 0;
}

std::size_t EndsWithSpace(std::string_view text) {
  for (const std::string_view one : kSpaces) {
    if (text.ends_with(one)) return one.size();
  }
  return 0;
}

}  // namespace

std::string Trimmed(std::string_view text) {
  while (const std::size_t size = StartsWithOne(text, kSpaces)) text.remove_prefix(size);
  while (const std::size_t size = EndsWithSpace(text)) text.remove_suffix(size);
  return std::string(text);
}

std::string Folded(std::string_view text) {
  std::string folded;
  while (!text.empty()) {
    std::size_t skipped = StartsWithOne(text, kSpaces);
    if (skipped == 0) skipped = StartsWithOne(text, kUnseen);
    if (skipped == 0) {
      folded += LowerAscii(text.front());
      skipped = 1;
    }
    text.remove_prefix(skipped);
  }
  return folded;
}

bool IsRequestSheetName(std::string_view name) {
  const std::string folded = Folded(name);
  return folded == Folded(kRequestSheet.In(keyservice::Language::kNl)) ||
         folded == Folded(kRequestSheet.In(keyservice::Language::kEn));
}

}  // namespace kmaas::requestsheet
