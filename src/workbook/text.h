// Texts of cells: undone escapes, one form for letters that look alike, and what nobody sees.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "workbook/limits.h"
#include "workbook/outcome.h"
#include "workbook/workbook.h"

namespace kmaas::workbook {

struct CleanText {
  std::string text;  // NFC
  TextMarks marks;
};

// `raw` as it stands in the XML, UTF-8. Undoes _xHHHH_. Refuses kTooMuchText, kCombiningMarks
// (which would take the normaliser quadratic time) and kBadValue for escapes that are no letters.
Outcome<CleanText> Clean(std::string_view raw, const Limits& limits);

// For writing: what XML cannot carry, and what would be taken for an escape, becomes one.
std::string EscapeControls(std::string_view text);

}  // namespace kmaas::workbook
