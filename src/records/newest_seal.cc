#include "records/newest_seal.h"

#include "kmaas/records/v1/records.pb.h"
#include "records/every_row.h"
#include "records/row_parse.h"

namespace kmaas::records {

namespace pb = ::kmaas::records::v1;

// One row, beside that of Installation.
template <>
struct Table<NewestSeal> {
  static constexpr std::string_view kName = Table<Installation>::kName;
  static constexpr char kRow[] = "newest_seal";

  static std::string RowKey(const NewestSeal& /*record*/) { return kRow; }
  static std::string Encode(const NewestSeal& seal) {
    pb::NewestSeal row;
    row.set_number(seal.number);
    row.set_hash(seal.hash);
    return row.SerializeAsString();
  }
  static Result<NewestSeal> Decode(std::string_view bytes) {
    KM_TRY(const pb::NewestSeal row, Parse<pb::NewestSeal>(kName, bytes));
    return NewestSeal{row.number(), row.hash()};
  }
};

Result<std::optional<NewestSeal>> ReadNewestSeal(Catalog& catalog) {
  KM_TRY(const auto known, EveryRow<NewestSeal>(catalog, Table<NewestSeal>::kRow));
  if (known.empty()) return std::optional<NewestSeal>();
  return std::optional(known.front());
}

Result<void> NoteNewestSeal(Changes& changes, const NewestSeal& seal) { return changes.Put(seal); }

Result<void> NoteNewestSeal(Catalog& catalog, const NewestSeal& seal, Deadline deadline) {
  return catalog.Write([&](Changes& changes) { return NoteNewestSeal(changes, seal); }, deadline);
}

}  // namespace kmaas::records
