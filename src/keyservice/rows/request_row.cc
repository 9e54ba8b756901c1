#include "keyservice/rows/request_row.h"

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

}  // namespace kmaas::keyservice
