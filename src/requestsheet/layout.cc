#include "requestsheet/layout.h"

#include <algorithm>

#include "keyservice/rows/spaces.h"
#include "requestsheet/cell_text.h"

namespace kmaas::requestsheet {
namespace {

using keyservice::Column;
using keyservice::ColumnFacts;
using keyservice::Language;
using keyservice::Presence;
using workbook::Cell;
using workbook::CellKind;
using workbook::Sheet;

constexpr std::uint32_t kHeaderRowMax = 30;
// A row with fewer headers cannot have all that are needed. The sheet of lists has some, too.
constexpr std::size_t kHeadersMin = 17;

const ColumnFacts* FindColumn(const Cell& cell) {
  if (cell.kind != CellKind::kText) return nullptr;
  const std::string folded = Folded(cell.text);
  for (const ColumnFacts& facts : keyservice::Columns()) {
    if (folded == Folded(facts.header.In(Language::kNl)) ||
        folded == Folded(facts.header.In(Language::kEn)))
      return &facts;
  }
  return nullptr;
}

struct Place {
  const Sheet* sheet = nullptr;
  std::uint32_t header_row = 0;
};

// The row with headers, of which there is one: with two of them, people and we might go by
// different ones.
std::variant<std::uint32_t, Problem> HeaderRow(const Sheet& sheet) {
  std::map<std::uint32_t, std::size_t> counts;
  for (const Cell& cell : sheet.cells) {
    if (FindColumn(cell) != nullptr) ++counts[cell.at.row];
  }
  std::uint32_t found = 0;
  for (const auto& [row, count] : counts) {
    if (count < kHeadersMin) continue;
    if (found != 0) return TwoHeaderRows(found, row);
    found = row;
  }
  return found <= kHeaderRowMax ? found : 0;
}

// The one sheet that has the headers; one that is hidden counts, too.
std::variant<Place, Problem> FindSheet(const workbook::Workbook& workbook) {
  Place found;
  for (const Sheet& sheet : workbook.sheets) {
    auto row = HeaderRow(sheet);
    if (auto* problem = std::get_if<Problem>(&row)) return std::move(*problem);
    if (std::get<std::uint32_t>(row) == 0) continue;
    if (found.sheet != nullptr) return TwoRequestSheets(found.sheet->name, sheet.name);
    found = {&sheet, std::get<std::uint32_t>(row)};
  }
  if (found.sheet == nullptr) return NoRequestSheet();
  if (found.sheet->visibility == workbook::Visibility::kHidden)
    return HiddenRequestSheet(found.sheet->name);
  return found;
}

// Zero width letters and soft hyphens come with texts that are pasted; these do not. A header in a
// hidden column is one: what is hidden there in other rows is told cell by cell.
bool IsPlainText(const Cell& cell) {
  return cell.kind == CellKind::kText && !cell.covered && !cell.marks.controls && !cell.marks.bidi;
}

std::optional<Problem> PlaceHeader(const Cell& cell, Layout& layout, std::size_t& dutch) {
  if (!IsPlainText(cell)) return BadHeader(ToText(cell.at));
  const ColumnFacts* facts = FindColumn(cell);
  const std::string text(keyservice::Trimmed(cell.text));
  if (facts == nullptr) {
    if (!text.empty()) layout.unknown[cell.at.column] = text;
    return std::nullopt;
  }
  const std::string nl(facts->header.In(Language::kNl));
  const auto [there, fresh] = layout.columns.emplace(facts->column, cell.at.column);
  if (!fresh) {
    return ColumnTwice(text, workbook::ToText(workbook::CellRef{cell.at.row, there->second}),
                       workbook::ToText(cell.at));
  }
  if (Folded(cell.text) == Folded(nl)) ++dutch;
  return std::nullopt;
}

std::string MissingFrom(const Layout& layout) {
  std::string missing;
  for (const ColumnFacts& facts : keyservice::Columns()) {
    const bool needed =
        facts.presence == Presence::kMandatory || facts.presence == Presence::kOutput;
    if (!needed || layout.columns.count(facts.column) != 0) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(facts.header.In(layout.language));
  }
  return missing;
}

}  // namespace

std::string Layout::Address(Column column, int row) const {
  const auto found = columns.find(column);
  return found == columns.end()
             ? std::to_string(row)
             : ToText(workbook::CellRef{static_cast<std::uint32_t>(row), found->second});
}

std::optional<Column> Layout::ColumnAt(std::uint32_t column) const {
  for (const auto& [known, at] : columns) {
    if (at == column) return known;
  }
  return std::nullopt;
}

std::variant<Layout, Problem> FindLayout(const workbook::Workbook& workbook) {
  const auto found = FindSheet(workbook);
  if (const auto* problem = std::get_if<Problem>(&found)) return *problem;
  const Place& place = std::get<Place>(found);
  Layout layout;
  layout.sheet = place.sheet->name;
  layout.header_row = place.header_row;
  std::size_t dutch = 0;
  bool is_seen = false;
  for (const Cell& cell : place.sheet->cells) {
    if (cell.at.row != layout.header_row) continue;
    is_seen = is_seen || !cell.hidden;
    if (auto problem = PlaceHeader(cell, layout, dutch)) return *std::move(problem);
  }
  if (!is_seen) return BadHeader(workbook::ToText(workbook::CellRef{layout.header_row, 1}));
  layout.language = 2 * dutch >= layout.columns.size() ? Language::kNl : Language::kEn;
  std::string missing = MissingFrom(layout);
  if (!missing.empty()) return MissingColumns(std::move(missing));
  return layout;
}

}  // namespace kmaas::requestsheet
