// What one cell of a sheet's XML holds.
#pragma once

#include <optional>

#include "workbook/sheet_reader.h"

namespace kmaas::workbook {

// Nothing for a cell without content. Refusals carry no place: the caller has it.
Outcome<std::optional<Cell>> ReadCellValue(const Xml& xml, pugi::xml_node node,
                                           const SheetContext& context);
// As short as it goes: 123456789012 and 0.1.
std::string NumberText(double number);

}  // namespace kmaas::workbook
