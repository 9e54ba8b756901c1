#include "keyservice/rows/request_row.h"

#include <algorithm>

#include "base/ascii_case.h"

namespace kmaas::keyservice {

const std::string& SheetRow::Cell(Column column) const {
  static const std::string kEmpty;
  const auto found = cells.find(column);
  return found == cells.end() ? kEmpty : found->second;
}

Subject SubjectOf(const RequestRow& row) {
  return {row.entity_code, LowerAscii(row.application_id), row.environment, row.purpose,
          row.sequence};
}

bool IsEntityCode(std::string_view text) {
  constexpr std::string_view kPrefix = "OVO";
  constexpr std::size_t kBytes = 9;
  return text.size() == kBytes && text.starts_with(kPrefix) &&
         std::all_of(text.begin() + kPrefix.size(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace kmaas::keyservice
