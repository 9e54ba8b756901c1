#include "storage/sqlite/row_naming.h"

#include <algorithm>

#include "storage/leaf_check.h"
#include "storage/leaf_journal.h"

namespace kmaas::storage {

RowNaming::RowNaming(RowStatements& rows, const StoreState& state, const std::string& database)
    : rows_(rows),
      state_(state),
      leaves_(ReadLeafJournal(database, state.mac, state.directory.tables(), state.published())) {}

Result<std::vector<RowDifference>> RowNaming::Name(std::size_t table, const TableHead& expected) {
  if (leaves_) return ByLeaves(table);
  if (state_.directory.Total(table).rows == expected.rows + 1)
    return TheOneTooMany(table, expected);
  return std::vector<RowDifference>();
}

Result<std::vector<RowDifference>> RowNaming::ByLeaves(std::size_t table) {
  std::vector<RowDifference> found;
  LeafCheck check(state_.mac, state_.hash, state_.directory.tables()[table]);
  const auto end_leaf = [&] {
    for (RowDifference& one : check.Differ())
      if (one.kind != RowDifference::Kind::kBadMac && found.size() < kDifferencesMax)
        found.push_back(std::move(one));
  };
  check.Begin(leaves_->Find(table, ""));
  const auto next_leaf = [&] {
    end_leaf();
    check.Begin(leaves_->Find(table, std::string(*check.leaf().end)));
  };
  const Result<void> read = rows_.Range(table, "", std::nullopt, [&](const StoredRow& row) {
    while (check.leaf().end && row.key >= *check.leaf().end) next_leaf();
    check.Add(row);
    return true;
  });
  // A damaged page: what lies behind it was not seen, and is not known to be missing.
  if (!read && read.error().code == ErrorCode::kKmsInternal) return found;
  KM_CHECK(read);
  while (check.leaf().end) next_leaf();
  end_leaf();
  return found;
}

Result<std::vector<RowDifference>> RowNaming::TheOneTooMany(std::size_t table,
                                                            const TableHead& expected) {
  const std::string_view name = state_.directory.tables()[table];
  const SetState all = state_.directory.Total(table);
  std::vector<RowDifference> found;
  KM_CHECK(rows_.Range(table, "", std::nullopt, [&](const StoredRow& row) {
    SetState without = all;
    without.Remove(state_.hash.Term(row.mac));
    if (HeadOf(state_.hash, name, without) == expected)
      found.push_back({RowDifference::Kind::kAdded, std::string(row.key), 1, {}, {}});
    return found.empty();
  }));
  return found;
}

}  // namespace kmaas::storage
