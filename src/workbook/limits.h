// What a workbook may be at most. The defaults fit a request of 500 rows many times over, and keep
// a reader below 64 MiB and two seconds for any file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kmaas::workbook {

struct Limits {
  std::size_t file_bytes = std::size_t{2} << 20U;
  std::size_t parts = 200;
  std::size_t part_bytes = std::size_t{8} << 20U;    // inflated, counted while inflating
  std::size_t total_bytes = std::size_t{32} << 20U;  // of all parts that are read
  // Inflated bytes for each compressed one, asked from ratio_from_bytes on: small parts of XML
  // shrink as much as they like.
  std::size_t ratio = 300;
  std::size_t ratio_from_bytes = std::size_t{512} << 10U;
  // Of one part: the parser takes 64 bytes for a node and 40 for an attribute.
  std::size_t xml_depth = 48;
  std::size_t xml_nodes = 200'000;
  std::size_t xml_attributes = 300'000;
  std::size_t xml_attributes_each = 64;
  std::size_t sheets = 32;
  std::size_t cells = 50'000;       // with content, of all sheets
  std::size_t text_bytes = 32'767;  // of one cell; what Excel keeps in characters
  std::size_t all_text_bytes = std::size_t{4} << 20U;  // of all cells together
  std::size_t ranges = 1'000;                          // merged, and of array formulas, of a sheet
  std::size_t combining_marks = 30;                    // in a row; Unicode's Stream-Safe format
};

}  // namespace kmaas::workbook
