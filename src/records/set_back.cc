#include "records/set_back.h"

#include "records/every_row.h"

namespace kmaas::records {

struct SetBack {};

// One row without a value, beside that of Installation.
template <>
struct Table<SetBack> {
  static constexpr std::string_view kName = Table<Installation>::kName;
  static constexpr char kRow[] = "set_back";

  static std::string RowKey(const SetBack& /*record*/) { return kRow; }
  static std::string Encode(const SetBack& /*record*/) { return {}; }
  static Result<SetBack> Decode(std::string_view bytes) {
    if (bytes.empty()) return SetBack();
    return Error{ErrorCode::kKmsInternal, "", "row set_back has a value"};
  }
};

Result<void> NoteSetBack(Changes& changes) { return changes.Put(SetBack()); }

Result<bool> WasSetBack(Catalog& catalog) {
  KM_TRY(const auto rows, EveryRow<SetBack>(catalog, Table<SetBack>::kRow));
  return !rows.empty();
}

}  // namespace kmaas::records
