#include "storage/leaf_check.h"

#include "storage/integrity_alarm.h"

namespace kmaas::storage {
namespace {

std::string Rows(std::uint64_t number) {
  return std::to_string(number) + (number == 1 ? " row" : " rows");
}

}  // namespace

void LeafCheck::Begin(Leaf leaf) {
  leaf_ = std::move(leaf);
  found_ = SetState();
  bad_row_.reset();
}

void LeafCheck::Add(const StoredRow& row) {
  if (!row.well_formed || !mac_.Matches(table_, row.key, row.value, row.mac)) {
    if (!bad_row_) bad_row_.emplace(row.key);
    return;
  }
  found_.Add(hash_.Term(row.mac));
}

Error LeafCheck::Alarm() const {
  if (bad_row_) return RaiseAlarm(table_, *bad_row_, kBadMac);
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
