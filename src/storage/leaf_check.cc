#include "storage/leaf_check.h"

#include <optional>

#include "storage/integrity_alarm.h"

namespace kmaas::storage {
namespace {

constexpr std::size_t kAlarmsMax = 20;  // of one read

std::string Rows(std::uint64_t number) {
  return std::to_string(number) + (number == 1 ? " row" : " rows");
}

}  // namespace

void LeafCheck::Begin(Leaf leaf) {
  leaf_ = std::move(leaf);
  found_ = SetState();
  bad_rows_ = 0;
  keys_.clear();
  rows_.clear();
}

void LeafCheck::Add(const StoredRow& row) {
  const bool intact = row.well_formed && mac_.Matches(table_, row.key, row.value, row.mac);
  keys_ += row.key;
  rows_.push_back({keys_.size(), intact ? VersionTag(row.mac) : 0, intact});
  if (intact) {
    found_.Add(hash_.Term(row.mac));
  } else {
    ++bad_rows_;
  }
}

std::vector<RowDifference> LeafCheck::Differ(std::string_view asked) const {
  std::vector<FoundRow> found;
  found.reserve(rows_.size());
  std::size_t begin = 0;
  for (const Added& row : rows_) {
    const auto key = std::string_view(keys_).substr(begin, row.key_end - begin);
    found.push_back({key, row.version, row.intact});
    begin = row.key_end;
  }
  return Differences(leaf_, found, asked, hash_);
}

Error LeafCheck::Alarm(std::string_view asked) const {
  std::optional<Error> first;
  std::vector<RowDifference> differences = Differ(asked);
  if (differences.size() > kAlarmsMax) differences.resize(kAlarmsMax);
  for (const RowDifference& one : differences) {
    const Error raised = RaiseAlarm(table_, one.row, Describe(one));
    if (!first) first = raised;
  }
  if (first) return *first;
  std::string range = leaf_.first.empty() ? "from the first on" : "from " + leaf_.first + " on";
  if (leaf_.end) range += " to before " + *leaf_.end;
  return RaiseAlarm(table_, "",
                    "the rows " + range + " are not those last written: " +
                        Difference(found_.rows, leaf_.state.rows));
}

std::string Difference(std::uint64_t found, std::uint64_t expected) {
  if (found < expected) return Rows(expected - found) + " fewer";
  if (found > expected) return Rows(found - expected) + " more";
  return "as many, but at least one of an earlier time or in place of another";
}

}  // namespace kmaas::storage
