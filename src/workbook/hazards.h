// What makes a workbook more than cells: macros, links, objects, signatures.
#pragma once

#include "workbook/archive.h"
#include "workbook/package.h"

namespace kmaas::workbook {

// Looks at names of parts, content types and every relationship: a hazard that hides from one of
// them is seen by another. Links of cells to web pages and mail addresses are none.
Outcome<void> RefuseHazards(Archive& archive, const ContentTypes& types, const Limits& limits);

}  // namespace kmaas::workbook
