// A workbook to be written: an empty form for people, with lists to choose from and notes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "workbook/outcome.h"
#include "workbook/value.h"
#include "workbook/workbook.h"

namespace kmaas::workbook {

struct NewCell {
  CellRef at;
  Value value;
  Style style = Style::kNormal;
};

struct Note {
  CellRef at;
  std::string text;
};

// Only what stands in a range of another sheet, or of this one, may be entered.
struct Choice {
  CellRange cells;
  std::string list_sheet;
  CellRange list;
  std::string error_title, error;  // what who enters something else is told
};

struct NewSheet {
  std::string name = {};
  Visibility visibility = Visibility::kVisible;
  std::vector<double> column_widths = {};  // in characters, from column A
  std::uint32_t frozen_rows = 0;
  std::uint32_t frozen_columns = 0;
  std::vector<NewCell> cells = {};  // in any order
  std::vector<Note> notes = {};
  std::vector<Choice> choices = {};
};

struct NewWorkbook {
  std::vector<NewSheet> sheets;
};

// The same bytes for the same workbook. Nothing is protected. Texts are inline strings, so that one
// that begins with = + - or @ stays a text.
Outcome<Bytes> Write(const NewWorkbook& workbook);

}  // namespace kmaas::workbook
