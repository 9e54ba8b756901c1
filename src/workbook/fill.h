// Fills cells of an .xlsx file of somebody else's, and leaves the rest of it as it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "workbook/limits.h"
#include "workbook/new_workbook.h"
#include "workbook/outcome.h"
#include "workbook/value.h"

namespace kmaas::workbook {

struct CellChange {
  CellRef at;
  std::optional<Value> value;  // none: the value stays
  std::optional<Style> style;  // none: the style stays
  std::string note;            // empty: no note is added; one that is there is replaced
};

// Changes the sheet's part, and those of styles and notes where a change needs them. Every other
// entry of the archive keeps its compressed bytes. Refuses what Read refuses, a cell with a formula
// whose value would change, and a sheet that is not there. Of two changes of a cell the later wins.
Outcome<Bytes> Fill(ByteView file, std::string_view sheet, const std::vector<CellChange>& changes,
                    const Limits& limits = {});

}  // namespace kmaas::workbook
