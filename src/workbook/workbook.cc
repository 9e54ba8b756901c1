#include "workbook/workbook.h"

#include <algorithm>

namespace kmaas::workbook {

const Cell* Sheet::Find(CellRef at) const {
  const auto found = std::ranges::lower_bound(cells, at, {}, &Cell::at);
  return found == cells.end() || found->at != at ? nullptr : &*found;
}

const Sheet* Workbook::Find(std::string_view name) const {
  const auto found = std::ranges::find(sheets, name, &Sheet::name);
  return found == sheets.end() ? nullptr : &*found;
}

std::vector<CellRef> Formulas(const Sheet& sheet, CellRange range) {
  std::vector<CellRef> found;
  for (const Cell& cell : sheet.cells) {
    if (cell.kind == CellKind::kFormula && range.Contains(cell.at)) found.push_back(cell.at);
  }
  return found;
}

}  // namespace kmaas::workbook
