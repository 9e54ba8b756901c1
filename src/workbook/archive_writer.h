// Writes the zip archive of a workbook, in memory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "workbook/outcome.h"

namespace kmaas::workbook {

struct Part {
  std::string name;
  std::string content;
};

// In their order, each of the same moment: the same parts are the same bytes.
Outcome<Bytes> WriteArchive(const std::vector<Part>& parts);
// `file` with these parts replaced, or added behind its own. Whatever else is in it keeps its
// compressed bytes.
Outcome<Bytes> ReplaceParts(ByteView file, const std::vector<Part>& parts);

}  // namespace kmaas::workbook
