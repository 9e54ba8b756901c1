// The rows of a request out of a workbook, and what is wrong with its cells before anybody asks
// what they mean.
#pragma once

#include "base/bytes.h"
#include "keyservice/rows/request_row.h"
#include "keyservice/rules/finding.h"
#include "requestsheet/layout.h"

namespace kmaas::requestsheet {

inline constexpr int kRowsMax = 500;
inline constexpr std::size_t kCellCharactersMax = 1024;

struct RequestSheet {
  Layout layout;
  std::vector<keyservice::SheetRow> rows;  // those in which anything stands
  keyservice::Findings findings;           // of cells, with the rule FORM
};

// A cell with a formula, one that is hidden, merged, too long, or holds an error, a day that there
// is not, a date where none belongs, or letters that nobody sees, has a finding; its text is left
// out, so rows are never judged without their findings (FileQuestion::of_cells). The columns Status
// and Error are not read. Bounded as workbook::Read.
std::variant<RequestSheet, Problem> ReadRequest(ByteView file);

}  // namespace kmaas::requestsheet
