#include "requestsheet/reading.h"

#include <algorithm>
#include <set>

#include "keyservice/rows/spaces.h"
#include "workbook/reader.h"

namespace kmaas::requestsheet {
namespace {

using keyservice::Column;
using keyservice::Message;
using keyservice::SheetRow;
using workbook::Cell;
using workbook::CellKind;
using workbook::CellRange;
using workbook::Sheet;

// Bytes that begin a character of UTF-8.
std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

struct Fault {
  Message message;
  std::vector<std::string> arguments = {};
};

bool IsDate(Column column) { return column == Column::kActivation || column == Column::kExpiry; }

std::optional<Fault> FaultOf(const Cell& cell, std::string_view text, Column column) {
  if (cell.kind == CellKind::kFormula) return Fault{Message::kCalculated};
  if (cell.marks != workbook::TextMarks()) return Fault{Message::kUnseenLetters};
  if (cell.hidden) return Fault{Message::kHidden};
  if (cell.covered) return Fault{Message::kMerged};
  if (cell.kind == CellKind::kError) return Fault{Message::kErrorValue, {cell.text}};
  if (cell.kind == CellKind::kBadDate) return Fault{Message::kNoSuchDay};
  if (cell.kind == CellKind::kDate && !IsDate(column)) return Fault{Message::kDateThere};
  if (Characters(text) > kCellCharactersMax)
    return Fault{Message::kTooLong, {std::to_string(kCellCharactersMax)}};
  return std::nullopt;
}

class RowReader {
 public:
  RowReader(const Sheet& sheet, RequestSheet& request) : sheet_(sheet), request_(request) {}

  std::optional<Problem> Run() {
    for (const Cell& cell : sheet_.cells) {
      if (cell.at.row > request_.layout.header_row) Take(cell);
    }
    if (request_.rows.empty()) return NoRows(request_.layout.sheet);
    if (request_.rows.size() > kRowsMax)
      return TooManyRows(static_cast<int>(request_.rows.size()), kRowsMax);
    for (const CellRange& range : sheet_.merged) FindIn(range, Message::kMerged);
    for (const CellRange& range : sheet_.calculated) FindIn(range, Message::kCalculated);
    return std::nullopt;
  }

 private:
  void Take(const Cell& cell) {
    Layout& layout = request_.layout;
    if (const auto column = layout.ColumnAt(cell.at.column)) {
      Read(cell, *column);
    } else if (layout.unknown.count(cell.at.column) == 0) {
      layout.unknown[cell.at.column] = workbook::ColumnName(cell.at.column);
    }
  }

  void Read(const Cell& cell, Column column) {
    // What an earlier check of the same sheet wrote is nobody's request.
    if (column == Column::kStatus || column == Column::kError) return;
    const std::string_view text = keyservice::Trimmed(cell.text);
    if (cell.kind == CellKind::kText && text.empty()) return;
    const int number = static_cast<int>(cell.at.row);
    if (request_.rows.empty() || request_.rows.back().number != number)
      request_.rows.push_back({number, {}});
    if (auto fault = FaultOf(cell, text, column)) {
      Find(number, column, *std::move(fault));
      return;
    }
    request_.rows.back().cells[column] =
        cell.kind == CellKind::kDate ? ToText(cell.date) : std::string(text);
  }

  void Find(int row, Column column, Fault fault) {
    if (!found_.emplace(row, column).second) return;
    request_.findings.push_back(
        {row, column, keyservice::Rule::kForm, fault.message, std::move(fault.arguments)});
  }

  // The cells of a range in rows with content: each might be taken to hold what another one shows.
  void FindIn(const CellRange& range, Message message) {
    for (SheetRow& row : request_.rows) {
      const auto number = static_cast<std::uint32_t>(row.number);
      if (number < range.first.row || number > range.last.row) continue;
      for (const auto& [column, at] : request_.layout.columns) {
        if (at < range.first.column || at > range.last.column) continue;
        row.cells.erase(column);
        Find(row.number, column, {message});
      }
    }
  }

  const Sheet& sheet_;
  RequestSheet& request_;
  std::set<std::pair<int, Column>> found_;
};

}  // namespace

std::variant<RequestSheet, Problem> ReadRequest(ByteView file) {
  const auto workbook = workbook::Read(file);
  if (!workbook) return ProblemOf(workbook.error());
  auto layout = FindLayout(*workbook);
  if (auto* problem = std::get_if<Problem>(&layout)) return std::move(*problem);
  RequestSheet request;
  request.layout = std::get<Layout>(std::move(layout));
  if (auto problem = RowReader(*workbook->Find(request.layout.sheet), request).Run())
    return *std::move(problem);
  return request;
}

}  // namespace kmaas::requestsheet
