// Where a request stands in a workbook: which sheet, which row has the headers, which column is
// which.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "keyservice/rows/column.h"
#include "requestsheet/problem.h"
#include "workbook/workbook.h"

namespace kmaas::requestsheet {

struct Layout {
  std::string sheet;
  std::uint32_t header_row = 0;
  std::map<keyservice::Column, std::uint32_t> columns;  // by column of the sheet, from 1
  // By column of the sheet: headers that no column of a request has, or the letters of a column
  // that has none and in which something stands. They are left as they are.
  std::map<std::uint32_t, std::string> unknown;
  keyservice::Language language = keyservice::Language::kNl;  // of the headers

  // "K5"
  std::string Address(keyservice::Column column, int row) const;
  std::optional<keyservice::Column> ColumnAt(std::uint32_t column) const;
};

// The one sheet with one row of headers, in its first 30 rows. Letters' case, spaces and zero width
// letters do not count. Two such sheets or rows, and a header that people might not see as it is,
// are refused.
std::variant<Layout, Problem> FindLayout(const workbook::Workbook& workbook);

}  // namespace kmaas::requestsheet
