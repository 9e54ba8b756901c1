#include "records/anchored_since.h"

#include "kmaas/records/v1/records.pb.h"
#include "records/every_row.h"
#include "records/row_parse.h"

namespace kmaas::records {

namespace pb = ::kmaas::records::v1;

struct AnchoredSince {
  WallTime since{};
};

// One row, beside that of Installation.
template <>
struct Table<AnchoredSince> {
  static constexpr std::string_view kName = Table<Installation>::kName;
  static constexpr char kRow[] = "anchored";

  static std::string RowKey(const AnchoredSince& /*record*/) { return kRow; }
  static std::string Encode(const AnchoredSince& anchored) {
    pb::AnchoredSince row;
    row.set_since_ms(ToEpochMillis(anchored.since));
    return row.SerializeAsString();
  }
  static Result<AnchoredSince> Decode(std::string_view bytes) {
    KM_TRY(const pb::AnchoredSince row, Parse<pb::AnchoredSince>(kName, bytes));
    return AnchoredSince{FromEpochMillis(row.since_ms())};
  }
};

Result<std::optional<WallTime>> ReadAnchoredSince(Catalog& catalog) {
  KM_TRY(const auto known, EveryRow<AnchoredSince>(catalog, Table<AnchoredSince>::kRow));
  if (known.empty()) return std::optional<WallTime>();
  return std::optional(known.front().since);
}

Result<void> NoteAnchored(Catalog& catalog, WallTime now, Deadline deadline) {
  KM_TRY(const std::optional<WallTime> known, ReadAnchoredSince(catalog));
  if (known) return {};
  return catalog.Write([&](Changes& changes) { return changes.Put(AnchoredSince{now}); }, deadline);
}

}  // namespace kmaas::records
