#include "workbook/sheet_reader.h"

#include <charconv>
#include <cmath>

#include "workbook/cell_value.h"

namespace kmaas::workbook {
namespace {

// Which rows and columns a person does not see.
class Hidden {
 public:
  // False where the columns overlap: who reads them would not agree which are hidden.
  bool ReadColumns(const Xml& xml) {
    columns_.resize(kColumnMax + 1);
    const auto defaults = xml.Child(xml.root(), "sheetFormatPr");
    rows_ = IsTrue(defaults.attribute("zeroHeight")) ||
            defaults.attribute("defaultRowHeight").as_double(1) <= 0;
    const bool columns = defaults.attribute("defaultColWidth").as_double(1) <= 0;
    columns_.assign(kColumnMax + 1, columns);
    std::uint32_t before = 0;
    for (const pugi::xml_node column : xml.Child(xml.root(), "cols").children()) {
      const std::uint32_t first = column.attribute("min").as_uint();
      const std::uint32_t last = column.attribute("max").as_uint();
      if (first <= before || last < first || last > kColumnMax) return false;
      const bool hidden =
          IsTrue(column.attribute("hidden")) || column.attribute("width").as_double(1) <= 0;
      for (std::uint32_t at = first; at <= last; ++at) columns_[at] = hidden;
      before = last;
    }
    return true;
  }

  bool Row(pugi::xml_node row) const {
    return IsTrue(row.attribute("hidden")) || row.attribute("ht").as_double(rows_ ? 0 : 1) <= 0;
  }
  bool Column(std::uint32_t column) const { return columns_[column]; }

 private:
  bool rows_ = false;  // where a row does not say
  std::vector<bool> columns_;
};

class SheetReader {
 public:
  SheetReader(const Xml& xml, SheetContext& context, Sheet& sheet)
      : xml_(xml), context_(context), sheet_(sheet) {}

  Outcome<void> Run() {
    if (!hidden_.ReadColumns(xml_)) return No(Refusal::kBadCellReference);
    for (const pugi::xml_node row : xml_.Child(xml_.root(), "sheetData").children()) {
      if (row.type() == pugi::node_element) KM_CHECK(ReadRow(row));
    }
    KM_CHECK(ReadMerged());
    MarkRanges();
    return {};
  }

 private:
  Refused No(Refusal why, std::optional<CellRef> at = {}) const {
    return {why, {.part = sheet_.part, .sheet = sheet_.name, .cell = at}};
  }

  Outcome<void> ReadRow(pugi::xml_node row) {
    if (!xml_.Is(row, "row") || xml_.Rebinds(row)) return No(Refusal::kUnexpectedXml);
    if (!counter_.Row(row)) return No(Refusal::kBadCellReference);
    const bool hidden = hidden_.Row(row);
    for (const pugi::xml_node node : row.children()) {
      if (node.type() != pugi::node_element || xml_.Is(node, "extLst")) continue;
      if (!xml_.Is(node, "c") || xml_.Rebinds(node)) return No(Refusal::kUnexpectedXml);
      const auto at = counter_.Cell(node);
      if (!at) return No(Refusal::kBadCellReference);
      KM_CHECK(ReadCell(node, *at, hidden || hidden_.Column(at->column)));
    }
    return {};
  }

  Outcome<void> ReadCell(pugi::xml_node node, CellRef at, bool hidden) {
    KM_CHECK(NoteArray(node, at));
    auto cell = ReadCellValue(xml_, node, context_);
    if (!cell) return No(cell.error().why, at);
    if (!*cell) return {};
    (*cell)->at = at;
    (*cell)->hidden = hidden;
    context_.text_bytes += (*cell)->text.size();
    if (++context_.cells > context_.limits.cells) return No(Refusal::kTooManyCells, at);
    if (context_.text_bytes > context_.limits.all_text_bytes) {
      return No(Refusal::kTooMuchText, at);
    }
    sheet_.cells.push_back(std::move(**cell));
    return {};
  }

  // The results of one formula may stand in many cells, which do not say so.
  Outcome<void> NoteArray(pugi::xml_node cell, CellRef at) {
    const pugi::xml_node formula = xml_.Child(cell, "f");
    const std::string_view kind = formula.attribute("t").value();
    if (kind != "array" && kind != "dataTable") return {};
    const auto range = ParseCellRange(formula.attribute("ref").value());
    if (!range) return No(Refusal::kBadCellReference, at);
    if (sheet_.calculated.size() >= context_.limits.ranges) return No(Refusal::kTooMuchXml, at);
    sheet_.calculated.push_back(*range);
    return {};
  }

  Outcome<void> ReadMerged() {
    for (const pugi::xml_node node : xml_.Child(xml_.root(), "mergeCells").children()) {
      if (!xml_.Is(node, "mergeCell")) continue;
      const auto range = ParseCellRange(node.attribute("ref").value());
      if (!range) return No(Refusal::kBadCellReference);
      if (sheet_.merged.size() >= context_.limits.ranges) return No(Refusal::kTooMuchXml);
      sheet_.merged.push_back(*range);
    }
    return {};
  }

  void MarkRanges() {
    for (Cell& cell : sheet_.cells) {
      for (const CellRange& range : sheet_.merged) {
        cell.covered = cell.covered || (range.Contains(cell.at) && cell.at != range.first);
      }
      for (const CellRange& range : sheet_.calculated) {
        if (!range.Contains(cell.at)) continue;
        const bool hidden = cell.hidden;
        cell = Cell{.at = cell.at, .kind = CellKind::kFormula, .text = {}, .marks = {}};
        cell.hidden = hidden;
      }
    }
  }

  const Xml& xml_;
  SheetContext& context_;
  Sheet& sheet_;
  Hidden hidden_;
  Counter counter_;
};

}  // namespace

std::optional<std::uint32_t> Counter::Row(pugi::xml_node row) {
  std::uint32_t number = row_ + 1;
  if (const pugi::xml_attribute named = row.attribute("r")) {
    const auto at = ParseCellRef("A" + std::string(named.value()));
    if (!at || at->row < number) return std::nullopt;
    number = at->row;
  }
  if (number > kRowMax) return std::nullopt;
  row_ = number;
  column_ = 0;
  return number;
}

std::optional<CellRef> Counter::Cell(pugi::xml_node cell) {
  CellRef at{row_, column_ + 1};
  if (const pugi::xml_attribute named = cell.attribute("r")) {
    const auto parsed = ParseCellRef(named.value());
    if (!parsed || parsed->row != row_ || parsed->column < at.column) return std::nullopt;
    at = *parsed;
  }
  if (at.column > kColumnMax) return std::nullopt;
  column_ = at.column;
  return at;
}

Outcome<void> ReadCells(const Xml& xml, SheetContext& context, Sheet& sheet) {
  return SheetReader(xml, context, sheet).Run();
}

}  // namespace kmaas::workbook
