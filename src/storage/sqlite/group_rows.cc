#include "storage/sqlite/group_rows.h"

#include <algorithm>

#include "storage/integrity_alarm.h"
#include "storage/key_range.h"
#include "storage/sqlite/head_row.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/verified_reads.h"

namespace kmaas::storage {

GroupRows::GroupRows(Connection& connection, StoreState& state, ports::HeadObserver* observer)
    : state_(state),
      observer_(observer),
      rows_(connection, TablesWithHead()),
      images_(state.hash) {}

void GroupRows::BeginGroup() {
  images_.Clear();
  may_change_rights_.reset();
}

void GroupRows::BeginChange() {
  images_.BeginChange();
  change_decides_rights_ = false;
}

// The transaction sees what was last committed and what it changed itself, and every leaf that it
// changed has an image: what is read here was committed.
Result<LeafImage*> GroupRows::Image(std::size_t table, std::string_view key) {
  if (LeafImage* const known = images_.Find(table, key)) return known;
  LeafImage image{table, state_.directory.Find(table, key), {}, {}};
  image.state = image.leaf.state;
  LeafCheck check(state_.mac, state_.hash, state_.directory.tables()[table]);
  check.Begin(image.leaf);
  KM_CHECK(rows_.Range(table, image.leaf.first, image.leaf.end, [&](const StoredRow& row) {
    check.Add(row);
    crypto::Sha256Digest mac{};
    std::copy_n(row.mac.begin(), std::min(row.mac.size(), mac.size()), mac.begin());
    image.macs.emplace_hint(image.macs.end(), row.key, mac);
    return true;
  }));
  if (!check.Holds()) return check.Alarm(key);
  return &images_.Add(std::move(image));
}

bool GroupRows::IsAsWritten(std::size_t table, const StoredRow& row,
                            const crypto::Sha256Digest& expected) const {
  return row.well_formed && crypto::ConstantTimeEqual(row.mac, expected) &&
         state_.mac.Matches(state_.directory.tables()[table], row.key, row.value, row.mac);
}

Error GroupRows::Altered(std::size_t table, std::string_view key) const {
  return RaiseAlarm(state_.directory.tables()[table], key,
                    "the row changed while changes were made");
}

Result<std::optional<std::string>> GroupRows::Get(std::string_view table, std::string_view key) {
  KM_TRY(const std::size_t index, TableIndex(state_, table));
  KM_TRY(const LeafImage* const image, Image(index, key));
  const auto expected = image->macs.find(key);
  const bool is_expected = expected != image->macs.end();
  std::optional<std::string> value;
  bool intact = true;
  KM_CHECK(rows_.One(index, key, [&](const StoredRow& row) {
    intact = is_expected && IsAsWritten(index, row, expected->second);
    value.emplace(row.value);
    return true;
  }));
  if (!intact || value.has_value() != is_expected) return Altered(index, key);
  return value;
}

Result<void> GroupRows::ListLeaf(const LeafImage& image, const ports::Scan& scan,
                                 std::vector<ports::Row>& found) {
  const KeyRange range = RangeOf(scan);
  const std::string& first = std::max(range.first, image.leaf.first);
  std::optional<std::string> end = image.leaf.end;
  if (range.end && (!end || *range.end < *end)) end = range.end;
  auto expected = image.macs.lower_bound(first);
  const auto last = end ? image.macs.lower_bound(*end) : image.macs.end();
  std::optional<std::string> altered;
  KM_CHECK(rows_.Range(image.table, first, end, [&](const StoredRow& row) {
    if (found.size() >= scan.limit) return false;
    if (expected == last || expected->first != row.key ||
        !IsAsWritten(image.table, row, expected->second)) {
      // A row that should have come before it is missing.
      altered = expected == last ? row.key : std::min<std::string_view>(expected->first, row.key);
      return false;
    }
    ++expected;
    found.push_back({std::string(row.key), std::string(row.value)});
    return true;
  }));
  if (!altered && found.size() < scan.limit && expected != last) altered = expected->first;
  if (altered) return Altered(image.table, *altered);
  return {};
}

Result<std::vector<ports::Row>> GroupRows::List(const ports::Scan& scan) {
  KM_TRY(const std::size_t index, TableIndex(state_, scan.table));
  const KeyRange range = RangeOf(scan);
  std::vector<ports::Row> found;
  std::optional<std::string> position = range.first;
  while (position && !range.EndsBy(*position) && found.size() < scan.limit) {
    KM_TRY(const LeafImage* const image, Image(index, *position));
    KM_CHECK(ListLeaf(*image, scan, found));
    position = image->leaf.end;
  }
  return found;
}

Result<std::uint64_t> GroupRows::Count(std::string_view table) {
  KM_TRY(const std::size_t index, TableIndex(state_, table));
  std::uint64_t rows = state_.directory.Total(index).rows;
  for (const LeafChange& change : images_.Changes()) {
    if (change.table != index) continue;
    rows -= change.before.rows;
    for (const LeafPart& part : change.after) rows += part.state.rows;
  }
  return rows;
}

Result<void> GroupRows::MayChange(std::string_view table) {
  if (!DecidesRights(table)) return {};
  change_decides_rights_ = true;
  if (observer_ == nullptr) return {};
  if (!may_change_rights_) may_change_rights_ = observer_->MayChangeRights();
  return *may_change_rights_;
}

Result<void> GroupRows::Put(std::string_view table, std::string_view key, std::string_view value) {
  KM_TRY(const std::size_t index, TableIndex(state_, table));
  KM_CHECK(MayChange(table));
  KM_TRY(LeafImage* const image, Image(index, key));
  const crypto::Sha256Digest tag = state_.mac.Tag(table, key, value);
  images_.Set(*image, key, tag);
  return rows_.Put(index, key, value, tag);
}

Result<void> GroupRows::Delete(std::string_view table, std::string_view key) {
  KM_TRY(const std::size_t index, TableIndex(state_, table));
  KM_CHECK(MayChange(table));
  KM_TRY(LeafImage* const image, Image(index, key));
  images_.Set(*image, key, std::nullopt);
  return rows_.Delete(index, key);
}

Result<void> GroupRows::WriteHead(WallTime now) {
  changes_ = images_.Changes();
  next_ = state_.head;
  next_.epoch = std::max(next_.epoch + 1, state_.epoch_min.load());
  next_.clock_floor = std::max(next_.clock_floor, ToEpochMillis(now));
  const auto names = state_.directory.tables();
  for (std::size_t table = 0; table < names.size(); ++table) {
    const bool is_new = table >= next_.tables.size();
    if (is_new) next_.tables.emplace_back();
    SetState total = state_.directory.Total(table);
    bool changed = false;
    for (const LeafChange& change : changes_) {
      if (change.table != table) continue;
      changed = true;
      total.Replace(change.before, SetState());
      for (const LeafPart& part : change.after) total.Replace(SetState(), part.state);
    }
    if (is_new || changed) next_.tables[table] = HeadOf(state_.hash, names[table], total);
  }
  return PutHead(rows_, state_.mac, next_);
}

void GroupRows::Committed() {
  state_.directory.Apply(changes_);
  state_.head = next_;
  state_.Publish(next_);
}

}  // namespace kmaas::storage
