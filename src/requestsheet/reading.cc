#include "requestsheet/reading.h"

#include <algorithm>

#include "requestsheet/cell_text.h"
#include "workbook/reader.h"

namespace kmaas::requestsheet {
namespace {

using keyservice::Column;
using keyservice::Findings;
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

std::optional<Fault> FaultOf(const Cell& cell, const std::string& text) {
  if (cell.kind == CellKind::kFormula) return Fault{Message::kCalculated};
  if (cell.hidden) return Fault{Message::kHidden};
  if (cell.covered) return Fault{Message::kMerged};
  if (cell.kind == CellKind::kError) return Fault{Message::kErrorValue, {cell.text}};
  if (cell.kind == CellKind::kBadDate) return Fault{Message::kNoSuchDay};
  if (cell.marks != workbook::TextMarks()) return Fault{Message::kUnseenLetters};
  if (Characters(text) > kCellCharactersMax)
    return Fault{Message::kTooLong, {std::to_string(kCellCharactersMax)}};
  return std::nullopt;
}

class RowReader {
 public:
  RowReader(const Sheet& sheet, RequestSheet& request) : sheet_(sheet), request_(request) {}

  void Run() {
    for (const Cell& cell : sheet_.cells) {
      if (cell.at.row <= request_.layout.header_row) continue;
      if (const auto column = request_.layout.ColumnAt(cell.at.column)) Read(cell, *column);
    }
    for (const CellRange& range : sheet_.merged) FindIn(range, Message::kMerged);
    for (const CellRange& range : sheet_.calculated) FindIn(range, Message::kCalculated);
  }

 private:
  void Read(const Cell& cell, Column column) {
    std::string text = Trimmed(cell.text);
    const bool is_text = cell.kind == CellKind::kText;
    if (is_text && text.empty()) return;
    const int number = static_cast<int>(cell.at.row);
    if (request_.rows.empty() || request_.rows.back().number != number)
      request_.rows.push_back({number, {}});
    if (auto fault = FaultOf(cell, text)) {
      request_.findings.push_back(
          {number, column, keyservice::Rule::kForm, fault->message, std::move(fault->arguments)});
      return;
    }
    if (cell.kind == CellKind::kDate) text = ToText(cell.date);
    request_.rows.back().cells[column] = std::move(text);
  }

  // A range that reaches rows with content: its first cell among them, in each column once.
  void FindIn(const CellRange& range, Message message) {
    for (const auto& [column, at] : request_.layout.columns) {
      if (at < range.first.column || at > range.last.column) continue;
      const auto row =
          std::find_if(request_.rows.begin(), request_.rows.end(), [&](const SheetRow& one) {
            return range.Contains({static_cast<std::uint32_t>(one.number), at});
          });
      if (row == request_.rows.end() || IsFound(row->number, column)) continue;
      row->cells.erase(column);
      request_.findings.push_back({row->number, column, keyservice::Rule::kForm, message, {}});
    }
  }

  bool IsFound(int row, Column column) const {
    return std::any_of(request_.findings.begin(), request_.findings.end(),
                       [&](const auto& one) { return one.row == row && one.column == column; });
  }

  const Sheet& sheet_;
  RequestSheet& request_;
};

}  // namespace

std::variant<RequestSheet, Problem> ReadRequest(ByteView file) {
  const auto workbook = workbook::Read(file);
  if (!workbook) return ProblemOf(workbook.error());
  auto layout = FindLayout(*workbook);
  if (auto* problem = std::get_if<Problem>(&layout)) return std::move(*problem);
  RequestSheet request;
  request.layout = std::get<Layout>(std::move(layout));
  RowReader(*workbook->Find(request.layout.sheet), request).Run();
  if (request.rows.empty()) return NoRows(request.layout.sheet);
  if (request.rows.size() > kRowsMax)
    return TooManyRows(static_cast<int>(request.rows.size()), kRowsMax);
  return request;
}

}  // namespace kmaas::requestsheet
