// Looks at XML before it is parsed: what a parser would take memory or time for, and what must not
// be there at all.
#pragma once

#include <string_view>

#include "workbook/limits.h"
#include "workbook/outcome.h"

namespace kmaas::workbook {

// Refuses other encodings than UTF-8, document types, entities of one's own, and more depth,
// elements or attributes than `limits` has. `part` is for the refusal.
Outcome<void> CheckXml(std::string_view xml, std::string_view part, const Limits& limits);

}  // namespace kmaas::workbook
