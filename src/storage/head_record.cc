#include "storage/head_record.h"

#include <algorithm>

namespace kmaas::storage {
namespace {

constexpr std::uint8_t kForm = 1;

}  // namespace

std::string HeadRecord::Encode() const {
  Bytes out;
  AppendU8(out, kForm);
  AppendU64(out, epoch);
  AppendU64(out, static_cast<std::uint64_t>(clock_floor));
  AppendU32(out, static_cast<std::uint32_t>(tables.size()));
  for (const TableHead& table : tables) {
    AppendU64(out, table.rows);
    Append(out, table.digest);
  }
  return ToString(out);
}

Result<HeadRecord> HeadRecord::Decode(std::string_view bytes) {
  const Error unreadable{ErrorCode::kKmsInternal, "", "store: the head record cannot be read"};
  ByteReader reader(AsBytes(bytes));
  HeadRecord record;
  if (reader.U8() != kForm) return unreadable;
  record.epoch = reader.U64();
  record.clock_floor = static_cast<std::int64_t>(reader.U64());
  const std::uint32_t tables = reader.U32();
  for (std::uint32_t number = 0; number < tables && reader.ok(); ++number) {
    TableHead& table = record.tables.emplace_back();
    table.rows = reader.U64();
    const ByteView digest = reader.Take(table.digest.size());
    std::copy(digest.begin(), digest.end(), table.digest.begin());
  }
  if (!reader.ok() || !reader.rest().empty()) return unreadable;
  return record;
}

TableHead HeadOf(const SetHash& hash, std::string_view table, const SetState& state) {
  return {state.rows, hash.OfTable(table, state)};
}

ports::StoreHead ToStoreHead(const SetHash& hash, const HeadRecord& record) {
  ports::StoreHead head;
  head.epoch = record.epoch;
  for (const TableHead& table : record.tables) head.rows += table.rows;
  head.digest = hash.OfHead(AsBytes(record.Encode()));
  return head;
}

}  // namespace kmaas::storage
