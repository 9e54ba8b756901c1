// What a workbook consists of, before any sheet is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workbook/archive.h"
#include "workbook/dates.h"
#include "workbook/package.h"
#include "workbook/workbook.h"

namespace kmaas::workbook {

struct Outline {
  std::string workbook_part;
  std::vector<Sheet> sheets;  // without cells
  Epoch epoch = Epoch::k1900;
  std::optional<std::string> shared_strings;  // parts that a workbook may lack
  std::optional<std::string> styles;
  ContentTypes types;
};

// Refuses other kinds of files by their names, and every hazard.
Outcome<Outline> ReadOutline(Archive& archive, const Limits& limits);

}  // namespace kmaas::workbook
