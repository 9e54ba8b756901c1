#include "requestsheet/layout.h"

#include <algorithm>

#include "requestsheet/cell_text.h"
#include "requestsheet/sheet_names.h"

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
constexpr std::size_t kHeadersMin = 5;  // fewer are an accident

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

struct HeaderRow {
  std::uint32_t row = 0;
  std::size_t headers = 0;
};

HeaderRow BestRow(const Sheet& sheet) {
  std::map<std::uint32_t, std::size_t> counts;
  for (const Cell& cell : sheet.cells) {
    if (cell.at.row > kHeaderRowMax) break;
    if (FindColumn(cell) != nullptr) ++counts[cell.at.row];
  }
  HeaderRow best;
  for (const auto& [row, count] : counts) {
    if (count > best.headers) best = {row, count};
  }
  return best;
}

struct Place {
  const Sheet* sheet = nullptr;
  HeaderRow header;
};

Place BestSheet(const workbook::Workbook& workbook) {
  Place best;
  bool best_is_named = false;
  for (const Sheet& sheet : workbook.sheets) {
    const HeaderRow header = BestRow(sheet);
    if (header.headers < kHeadersMin) continue;
    const bool named = IsRequestSheetName(sheet.name);
    if (best.sheet != nullptr &&
        (best_is_named || (!named && header.headers <= best.header.headers)))
      continue;
    best = {&sheet, header};
    best_is_named = named;
  }
  return best;
}

std::optional<Problem> PlaceHeader(const Cell& cell, Layout& layout, std::size_t& dutch) {
  const ColumnFacts* facts = FindColumn(cell);
  if (facts == nullptr) {
    if (!Trimmed(cell.text).empty()) layout.unknown.push_back(Trimmed(cell.text));
    return std::nullopt;
  }
  const std::string nl(facts->header.In(Language::kNl));
  const auto [there, fresh] = layout.columns.emplace(facts->column, cell.at.column);
  if (!fresh) {
    return ColumnTwice(Trimmed(cell.text),
                       workbook::ToText(workbook::CellRef{cell.at.row, there->second}),
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
  const Place place = BestSheet(workbook);
  if (place.sheet == nullptr) return NoRequestSheet();
  if (place.sheet->visibility == workbook::Visibility::kHidden)
    return HiddenRequestSheet(place.sheet->name);
  Layout layout;
  layout.sheet = place.sheet->name;
  layout.header_row = place.header.row;
  std::size_t dutch = 0;
  for (const Cell& cell : place.sheet->cells) {
    if (cell.at.row != layout.header_row) continue;
    if (auto problem = PlaceHeader(cell, layout, dutch)) return *std::move(problem);
  }
  layout.language = 2 * dutch >= layout.columns.size() ? Language::kNl : Language::kEn;
  std::string missing = MissingFrom(layout);
  if (!missing.empty()) return MissingColumns(std::move(missing));
  return layout;
}

}  // namespace kmaas::requestsheet
