// The record that every commit writes beside its rows: where the whole store stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ports/store_head.h"
#include "storage/set_hash.h"

namespace kmaas::storage {

struct TableHead {
  std::uint64_t rows = 0;
  TableDigest digest{};
  bool operator==(const TableHead&) const = default;
};

struct HeadRecord {
  std::uint64_t epoch = 0;
  // The latest wall time, in milliseconds, at which a commit was made: a clock before it is wrong.
  std::int64_t clock_floor = 0;
  // In the order of the schema. Tables that came with a later version are not in it, and empty.
  std::vector<TableHead> tables;

  // The value of the one row of the table store_head, whose MAC covers it.
  std::string Encode() const;
  // Fails with kKmsInternal for bytes that are no record.
  static Result<HeadRecord> Decode(std::string_view bytes);
};

TableHead HeadOf(const SetHash& hash, std::string_view table, const SetState& state);
ports::StoreHead ToStoreHead(const SetHash& hash, const HeadRecord& record);

}  // namespace kmaas::storage
