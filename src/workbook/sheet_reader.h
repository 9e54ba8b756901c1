// Reads the cells of one sheet.
#pragma once

#include <vector>

#include "workbook/dates.h"
#include "workbook/limits.h"
#include "workbook/number_formats.h"
#include "workbook/text.h"
#include "workbook/workbook.h"
#include "workbook/xml.h"

namespace kmaas::workbook {

// What the sheets of a workbook share. All borrowed.
struct SheetContext {
  const std::vector<CleanText>& strings;
  const DateStyles& dates;
  Epoch epoch;
  const Limits& limits;
  // Used up by all sheets together.
  std::size_t cells = 0;
  std::size_t text_bytes = 0;
};

// Counts rows and columns: where the file leaves a number out it is the next one.
class Counter {
 public:
  // Nothing for a number that goes back, comes twice or is none.
  std::optional<std::uint32_t> Row(pugi::xml_node row);
  std::optional<CellRef> Cell(pugi::xml_node cell);

 private:
  std::uint32_t row_ = 0;
  std::uint32_t column_ = 0;
};

// Fills in cells and merged ranges of `sheet`, which has its name and part.
Outcome<void> ReadCells(const Xml& xml, SheetContext& context, Sheet& sheet);

}  // namespace kmaas::workbook
