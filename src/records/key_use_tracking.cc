#include "records/key_use_tracking.h"

#include "kmaas/records/v1/records.pb.h"
#include "records/every_row.h"
#include "records/row_parse.h"

namespace kmaas::records {

namespace pb = ::kmaas::records::v1;

struct KeyUseTracking {
  WallTime since{};
};

// One row, beside that of Installation.
template <>
struct Table<KeyUseTracking> {
  static constexpr std::string_view kName = Table<Installation>::kName;
  static constexpr char kRow[] = "key_uses";

  static std::string RowKey(const KeyUseTracking& /*record*/) { return kRow; }
  static std::string Encode(const KeyUseTracking& tracking) {
    pb::KeyUseTracking row;
    row.set_since_ms(ToEpochMillis(tracking.since));
    return row.SerializeAsString();
  }
  static Result<KeyUseTracking> Decode(std::string_view bytes) {
    KM_TRY(const pb::KeyUseTracking row, Parse<pb::KeyUseTracking>(kName, bytes));
    return KeyUseTracking{FromEpochMillis(row.since_ms())};
  }
};

Result<WallTime> KeyUsesNotedSince(Catalog& catalog, WallTime now, Deadline deadline) {
  KM_TRY(const auto known, EveryRow<KeyUseTracking>(catalog, Table<KeyUseTracking>::kRow));
  if (!known.empty()) return known.front().since;
  KM_CHECK(
      catalog.Write([&](Changes& changes) { return changes.Put(KeyUseTracking{now}); }, deadline));
  return now;
}

}  // namespace kmaas::records
