// A workbook as it was read: sheets with their cells, and what a person who looks at it would not
// see.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workbook/cell_ref.h"
#include "workbook/value.h"

namespace kmaas::workbook {

enum class CellKind {
  kText,
  kNumber,
  kBoolean,
  kDate,
  kBadDate,  // looks like a date and is none: 29 February 1900, or beyond the year 9999
  kError,    // #N/A and its like, in `text`
  kFormula,  // of whatever kind; what was calculated last is not told: it need not be true
};

// What a text has that nobody sees. It stays in the text.
struct TextMarks {
  bool controls = false;   // C0 and C1, less tab and line feed; noncharacters and private letters
  bool bidi = false;       // turns the direction of what follows
  bool invisible = false;  // zero width, soft hyphens, tags, variation selectors
  bool operator==(const TextMarks&) const = default;
};

struct Cell {
  CellRef at;
  CellKind kind = CellKind::kText;
  std::string text;  // NFC. Numbers as short as they go (12 digits stay 12 digits), TRUE, FALSE
  double number = 0;
  DateTime date = {};
  TextMarks marks;
  bool hidden = false;   // its row or its column is
  bool covered = false;  // by the first cell of a merged range
};

enum class Visibility { kVisible, kHidden };

struct Sheet {
  std::string name;
  TextMarks name_marks;
  std::string part;  // of the archive
  Visibility visibility = Visibility::kVisible;
  std::vector<Cell> cells;  // those with content, by row and column
  std::vector<CellRange> merged;
  // Where the results of one formula stand, in cells that are not there too.
  std::vector<CellRange> calculated;
  const Cell* Find(CellRef at) const;
};

struct Workbook {
  std::vector<Sheet> sheets;  // in the order of their tabs; chart sheets are left out
  bool dates_from_1904 = false;
  const Sheet* Find(std::string_view name) const;
};

// The cells of `range` with formulas: for callers whose input must not be calculated.
std::vector<CellRef> Formulas(const Sheet& sheet, CellRange range);

}  // namespace kmaas::workbook
