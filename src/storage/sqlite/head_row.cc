#include "storage/sqlite/head_row.h"

#include "storage/sqlite/migrations.h"

namespace kmaas::storage {
namespace {

constexpr std::string_view kKey = "head";

std::size_t HeadTable() { return TablesOfRecords().size(); }

}  // namespace

std::span<const std::string_view> TablesWithHead() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const std::string_view table : TableNames(Migrations()))
      if (table != kHeadTable) all.push_back(table);
    all.push_back(kHeadTable);
    return all;
  }();
  return names;
}

std::span<const std::string_view> TablesOfRecords() {
  const auto all = TablesWithHead();
  return all.first(all.size() - 1);
}

Result<HeadFound> FindHead(RowStatements& rows, const RowMac& mac) {
  HeadFound found{std::nullopt, "it has no head record"};
  std::size_t others = 0;
  KM_CHECK(rows.Range(HeadTable(), "", std::nullopt, [&](const StoredRow& row) {
    if (row.key != kKey) {
      ++others;
      return true;
    }
    const bool intact = row.well_formed && mac.Matches(kHeadTable, row.key, row.value, row.mac);
    Result<HeadRecord> record = HeadRecord::Decode(row.value);
    if (intact && record) {
      found.record = *std::move(record);
    } else {
      found.problem =
          "the MAC of its head record does not match: the record was changed, or the database "
          "belongs to another token";
    }
    return true;
  }));
  if (others > 0) found = {std::nullopt, "there are rows beside its head record"};
  if (found.record && found.record->tables.size() > TablesOfRecords().size())
    found = {std::nullopt, "its head record knows more tables than there are"};
  return found;
}

Result<void> PutHead(RowStatements& rows, const RowMac& mac, const HeadRecord& record) {
  const std::string value = record.Encode();
  return rows.Put(HeadTable(), kKey, value, mac.Tag(kHeadTable, kKey, value));
}

}  // namespace kmaas::storage
