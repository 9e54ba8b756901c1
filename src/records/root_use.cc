#include "records/root_use.h"

#include "records/every_row.h"

namespace kmaas::records {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint64_t kNoTime = 0;

std::uint64_t MillisOf(const std::optional<WallTime>& time) {
  return time ? static_cast<std::uint64_t>(ToEpochMillis(*time)) : kNoTime;
}

WallTime TimeOf(std::uint64_t millis) { return FromEpochMillis(static_cast<std::int64_t>(millis)); }

std::optional<WallTime> OptionalTimeOf(std::uint64_t millis) {
  return millis == kNoTime ? std::nullopt : std::optional(TimeOf(millis));
}

}  // namespace

std::string Table<RootUse>::Encode(const RootUse& use) {
  Bytes row;
  AppendU8(row, kVersion);
  AppendU32(row, use.generation);
  AppendU32(row, use.previous);
  AppendU64(row, MillisOf(use.since));
  AppendU64(row, use.rewrapped);
  AppendU64(row, MillisOf(use.last));
  AppendU64(row, MillisOf(use.settled));
  return ToString(row);
}

Result<RootUse> Table<RootUse>::Decode(std::string_view bytes) {
  ByteReader reader(AsBytes(bytes));
  const std::uint8_t version = reader.U8();
  RootUse use;
  use.generation = reader.U32();
  use.previous = reader.U32();
  use.since = TimeOf(reader.U64());
  use.rewrapped = reader.U64();
  use.last = OptionalTimeOf(reader.U64());
  use.settled = OptionalTimeOf(reader.U64());
  if (version != kVersion || !reader.ok() || !reader.rest().empty() || use.generation == 0)
    return Error{ErrorCode::kKmsInternal, "",
                 "the row that says which root wraps is none of this version"};
  return use;
}

Result<std::optional<RootUse>> ReadRootUse(Catalog& catalog) {
  KM_TRY(const auto known, EveryRow<RootUse>(catalog, Table<RootUse>::kRow));
  if (known.empty()) return std::optional<RootUse>();
  return std::optional(known.front());
}

}  // namespace kmaas::records
