#include "workbook/sheet_editor.h"

#include <algorithm>

#include "workbook/markup.h"
#include "workbook/sheet_reader.h"

namespace kmaas::workbook {

SheetEditor::SheetEditor(Xml& xml) : xml_(xml), data_(xml.Child(xml.root(), "sheetData")) {
  Counter counter;
  for (pugi::xml_node row : data_.children()) {
    if (!xml.Is(row, "row")) continue;
    const auto number = counter.Row(row);
    if (!number) continue;
    // A row is put before others: those that were counted get their numbers.
    Set(row, "r", std::to_string(*number));
    rows_.emplace(*number, row);
  }
}

pugi::xml_node SheetEditor::Row(std::uint32_t number) {
  const auto next = rows_.lower_bound(number);
  if (next != rows_.end() && next->first == number) return next->second;
  const std::string name = xml_.Qualified("row");
  pugi::xml_node row = next == rows_.end() ? data_.append_child(name.c_str())
                                           : data_.insert_child_before(name.c_str(), next->second);
  Set(row, "r", std::to_string(number));
  rows_.emplace(number, row);
  return row;
}

pugi::xml_node SheetEditor::Cell(CellRef at) {
  pugi::xml_node row = Row(at.row);
  row.remove_attribute("spans");  // a hint, which may be true no longer
  std::uint32_t column = 0;
  pugi::xml_node right;
  for (pugi::xml_node node : row.children()) {
    if (!xml_.Is(node, "c")) continue;
    const auto named = ParseCellRef(node.attribute("r").value());
    column = named ? named->column : column + 1;
    Set(node, "r", ToText(CellRef{at.row, column}));
    if (column == at.column) return node;
    if (column > at.column && !right) right = node;
  }
  if (!right) right = xml_.Child(row, "extLst");
  const std::string name = xml_.Qualified("c");
  pugi::xml_node cell =
      right ? row.insert_child_before(name.c_str(), right) : row.append_child(name.c_str());
  Set(cell, "r", ToText(at));
  Extend(at);
  return cell;
}

void SheetEditor::Extend(CellRef at) {
  pugi::xml_node dimension = xml_.Child(xml_.root(), "dimension");
  auto range = ParseCellRange(dimension.attribute("ref").value());
  if (!range) return;
  range->first = {std::min(range->first.row, at.row), std::min(range->first.column, at.column)};
  range->last = {std::max(range->last.row, at.row), std::max(range->last.column, at.column)};
  Set(dimension, "ref", ToText(*range));
}

void SheetEditor::NameDrawing(const std::string& relationship, const std::string& office_space) {
  pugi::xml_node root = xml_.root();
  pugi::xml_node next;
  for (const char* later : {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
                            "webPublishItems", "tableParts", "extLst"}) {
    if (!next) next = xml_.Child(root, later);
  }
  const std::string name = xml_.Qualified("legacyDrawing");
  pugi::xml_node drawing =
      next ? root.insert_child_before(name.c_str(), next) : root.append_child(name.c_str());
  // A prefix of its own: what the sheet calls the namespace does not matter.
  Set(drawing, "xmlns:r", office_space);
  Set(drawing, "r:id", relationship);
}

}  // namespace kmaas::workbook
