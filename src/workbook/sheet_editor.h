// Changes cells of a sheet's XML, and keeps rows and cells in their order.
#pragma once

#include <map>

#include "workbook/xml.h"

namespace kmaas::workbook {

class SheetEditor {
 public:
  // Borrowed: `xml`, parsed to be edited, of a sheet that was read before.
  explicit SheetEditor(Xml& xml);
  // The cell, made where there is none, in its row and before its right neighbour.
  pugi::xml_node Cell(CellRef at);
  // Names the part of drawings that shows the notes, where the order of elements has it.
  void NameDrawing(const std::string& relationship, const std::string& office_space);

 private:
  pugi::xml_node Row(std::uint32_t number);
  void Extend(CellRef at);
  Xml& xml_;
  pugi::xml_node data_;
  std::map<std::uint32_t, pugi::xml_node> rows_;
};

}  // namespace kmaas::workbook
