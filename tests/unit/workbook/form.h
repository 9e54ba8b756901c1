// The form that tests write, read and fill.
#pragma once

#include "workbook/new_workbook.h"

namespace kmaas::workbook {

// A sheet Request with a header, a date, a formula-like text, notes and choices; a sheet of lists.
inline NewWorkbook Form() {
  using std::chrono::year;
  NewSheet request;
  request.name = "Request";
  request.column_widths = {20, 30};
  request.frozen_rows = 1;
  request.cells = {{{1, 1}, "Type", Style::kHeader},
                   {{1, 2}, "When", Style::kHeader},
                   {{2, 1}, "NEW", Style::kRequired},
                   {{2, 2}, DateTime{year{2026} / 11 / 23}, Style::kOptional},
                   {{3, 1}, "=1+1", Style::kNormal},
                   {{3, 2}, 0.5, Style::kNormal},
                   {{4, 1}, "caf\u00e9 <&> \"q\"\n2", Style::kError},
                   {{4, 2}, true, Style::kNormal}};
  request.notes = {{{1, 1}, "What is asked for"}};
  request.choices = {{{{2, 1}, {9, 1}}, "Lists", {{1, 1}, {2, 1}}, "Type", "Choose from the list"}};
  NewSheet lists;
  lists.name = "Lists";
  lists.cells = {{{1, 1}, "NEW", Style::kNormal}, {{2, 1}, "CHANGE", Style::kNormal}};
  return {{request, lists}};
}

}  // namespace kmaas::workbook
