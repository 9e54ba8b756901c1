#include "requestsheet/marking.h"

#include "requestsheet/cell_text.h"
#include "workbook/fill.h"

namespace kmaas::requestsheet {
namespace {

using keyservice::Column;
using keyservice::Finding;
using keyservice::Language;
using keyservice::Severity;
using workbook::CellChange;

constexpr keyservice::Text kWrong{"FOUT", "ERROR"};
constexpr keyservice::Text kRight{"IN ORDE", "OK"};
constexpr std::size_t kSentencesBytesMax = 8000;  // of a cell; Excel shows less

struct RowSentences {
  bool wrong = false;
  std::string all;
};

void Append(std::string& to, std::string_view sentence) {
  if (!to.empty()) to += '\n';
  to += sentence;
}

}  // namespace

workbook::Outcome<Bytes> MarkRequest(ByteView file, const RequestSheet& request,
                                     const keyservice::Findings& findings, Language language) {
  const Layout& layout = request.layout;
  const auto at = [&](int row, Column column) {
    return workbook::CellRef{static_cast<std::uint32_t>(row), layout.columns.at(column)};
  };
  std::map<int, RowSentences> rows;
  for (const keyservice::SheetRow& row : request.rows) rows[row.number];
  std::map<workbook::CellRef, CellChange> cells;
  for (const Finding& finding : findings) {
    const std::string sentence = finding.In(language);
    RowSentences& row = rows[finding.row];
    row.wrong = row.wrong || finding.severity == Severity::kError;
    const Column column = finding.column.value_or(Column::kAction);
    Append(row.all, layout.Address(column, finding.row) + ": " + sentence);
    if (layout.columns.count(column) == 0) continue;
    CellChange& cell = cells[at(finding.row, column)];
    cell.at = at(finding.row, column);
    if (finding.severity == Severity::kError) cell.style = workbook::Style::kError;
    Append(cell.note, sentence);
  }
  std::vector<CellChange> changes;
  for (auto& [_, cell] : cells) {
    cell.note = Cut(cell.note, kSentencesBytesMax);
    changes.push_back(std::move(cell));
  }
  for (const auto& [number, row] : rows) {
    const keyservice::Text& status = row.wrong ? kWrong : kRight;
    changes.push_back({at(number, Column::kStatus), std::string(status.In(language)), {}, {}});
    changes.push_back({at(number, Column::kError), Cut(row.all, kSentencesBytesMax), {}, {}});
  }
  return workbook::Fill(file, layout.sheet, changes);
}

}  // namespace kmaas::requestsheet
