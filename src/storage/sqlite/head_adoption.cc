#include "storage/sqlite/head_adoption.h"

#include "base/log.h"
#include "storage/integrity_alarm.h"
#include "storage/sqlite/head_row.h"
#include "storage/sqlite/migrations.h"

namespace kmaas::storage {
namespace {

constexpr std::size_t kBatch = 500;

struct OldRow {
  std::string key;
  std::string value;
  bool intact;
};

// A table is not changed while a statement reads it.
Result<std::vector<OldRow>> NextBatch(RowStatements& rows, std::size_t table,
                                      const std::string& first, const RowMac& mac) {
  const std::string_view name = TablesOfRecords()[table];
  std::vector<OldRow> batch;
  KM_CHECK(rows.Range(table, first, std::nullopt, [&](const StoredRow& row) {
    const bool intact =
        row.well_formed && mac.MatchesWithoutHead(name, row.key, row.value, row.mac);
    batch.push_back({std::string(row.key), std::string(row.value), intact});
    return intact && batch.size() < kBatch;
  }));
  return batch;
}

Result<SetState> AdoptTable(RowStatements& rows, std::size_t table, const RowMac& mac,
                            const SetHash& hash) {
  const std::string_view name = TablesOfRecords()[table];
  SetState total;
  std::string first;
  for (;;) {
    KM_TRY(const std::vector<OldRow> batch, NextBatch(rows, table, first, mac));
    if (batch.empty()) return total;
    for (const OldRow& row : batch) {
      if (!row.intact) return RaiseAlarm(name, row.key, Describe(RowDifference{}));
      const crypto::Sha256Digest tag = mac.Tag(name, row.key, row.value);
      KM_CHECK(rows.Put(table, row.key, row.value, tag));
      total.Add(hash.Term(tag));
    }
    first = batch.back().key + '\0';
  }
}

}  // namespace

Result<void> AdoptRows(Connection& connection, int from, const RowMac& mac) {
  if (from >= kFirstVersionWithHead) return {};
  RowStatements rows(connection, TablesWithHead());
  const SetHash hash(mac);
  HeadRecord head;
  head.epoch = 1;
  std::uint64_t adopted = 0;
  for (std::size_t table = 0; table < TablesOfRecords().size(); ++table) {
    KM_TRY(const SetState total, AdoptTable(rows, table, mac, hash));
    adopted += total.rows;
    head.tables.push_back(HeadOf(hash, TablesOfRecords()[table], total));
  }
  KM_CHECK(PutHead(rows, mac, head));
  if (from > 0) {
    log::Warning("store_head_made",
                 {{"rows", adopted},
                  {"what",
                   "the rows of an older schema are taken as they are: whether one was "
                   "deleted or put back before now cannot be told"}});
  }
  return {};
}

}  // namespace kmaas::storage
