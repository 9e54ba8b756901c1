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
  std::vector<std::string> unknown;  // headers that no column has; they are left as they are
  keyservice::Language language = keyservice::Language::kNl;  // of the headers

  // "K5"
  std::string Address(keyservice::Column column, int row) const;
  std::optional<keyservice::Column> ColumnAt(std::uint32_t column) const;
};

// A sheet with the name that a request has, else the one with the most headers; in its first 30
// rows, the row with the most. Letters' case, spaces and what nobody sees do not count.
std::variant<Layout, Problem> FindLayout(const workbook::Workbook& workbook);

}  // namespace kmaas::requestsheet
