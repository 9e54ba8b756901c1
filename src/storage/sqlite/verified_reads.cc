#include "storage/sqlite/verified_reads.h"

#include "storage/key_range.h"

namespace kmaas::storage {
namespace {

// Takes the rows of a listing leaf by leaf: from the first row of the leaf in which it begins to
// the last of the one in which it ends.
class Walk {
 public:
  Walk(std::size_t table, const ports::Scan& scan, const LeafDirectory& directory, LeafCheck& check,
       std::vector<ports::Row>& found)
      : table_(table),
        range_(RangeOf(scan)),
        limit_(scan.limit),
        directory_(directory),
        check_(check),
        found_(found) {
    check_.Begin(directory_.Find(table_, range_.first));
  }

  const std::string& first() const { return check_.leaf().first; }
  bool holds() const { return holds_; }

  // False: the walk is over.
  bool Take(const StoredRow& row) {
    while (check_.leaf().end && row.key >= *check_.leaf().end)
      if (!NextLeaf()) return false;
    check_.Add(row);
    if (found_.size() < limit_ && range_.Has(row.key))
      found_.push_back({std::string(row.key), std::string(row.value)});
    return true;
  }
  // After the last row: the leaf that it was in, and those that have lost all of theirs.
  void Finish() {
    while (!over_ && NextLeaf()) {
    }
  }

 private:
  bool NextLeaf() {
    const std::optional<std::string> end = check_.leaf().end;
    holds_ = check_.Holds();
    over_ = !holds_ || !end || range_.EndsBy(*end) || found_.size() >= limit_;
    if (!over_) check_.Begin(directory_.Find(table_, *end));
    return !over_;
  }

  const std::size_t table_;
  const KeyRange range_;
  const std::size_t limit_;
  const LeafDirectory& directory_;
  LeafCheck& check_;
  std::vector<ports::Row>& found_;
  bool holds_ = true;
  bool over_ = false;
};

}  // namespace

Result<std::size_t> TableIndex(const StoreState& state, std::string_view table) {
  const std::optional<std::size_t> index = state.directory.IndexOf(table);
  if (index) return *index;
  return Error{ErrorCode::kKmsInternal, "", "store: there is no table " + std::string(table)};
}

// A commit between the look into the directory and that into the file makes them differ, though
// nothing is wrong. While no commit can be made they agree, or something is.
Result<void> VerifiedReads::Settled(const LeafCheck& check, std::string_view asked,
                                    const std::function<Result<bool>()>& attempt) {
  KM_TRY(const bool holds, attempt());
  if (holds) return {};
  const std::lock_guard no_commit(state_.commits);
  KM_TRY(const bool settled, attempt());
  if (!settled) return check.Alarm(asked);
  return {};
}

Result<bool> VerifiedReads::TryGet(std::size_t table, std::string_view key, LeafCheck& check,
                                   std::optional<std::string>& value) {
  value.reset();
  check.Begin(state_.directory.Find(table, key));
  KM_CHECK(rows_.Range(table, check.leaf().first, check.leaf().end, [&](const StoredRow& row) {
    check.Add(row);
    if (row.key == key) value.emplace(row.value);
    return true;
  }));
  return check.Holds();
}

Result<std::optional<std::string>> VerifiedReads::Get(std::string_view table,
                                                      std::string_view key) {
  KM_TRY(const std::size_t index, TableIndex(state_, table));
  LeafCheck check(state_.mac, state_.hash, table);
  std::optional<std::string> value;
  KM_CHECK(Settled(check, key, [&] { return TryGet(index, key, check, value); }));
  return value;
}

Result<bool> VerifiedReads::TryList(std::size_t table, const ports::Scan& scan, LeafCheck& check,
                                    std::vector<ports::Row>& found) {
  found.clear();
  Walk walk(table, scan, state_.directory, check, found);
  KM_CHECK(rows_.Range(table, walk.first(), std::nullopt,
                       [&walk](const StoredRow& row) { return walk.Take(row); }));
  walk.Finish();
  return walk.holds();
}

Result<std::vector<ports::Row>> VerifiedReads::List(const ports::Scan& scan) {
  KM_TRY(const std::size_t index, TableIndex(state_, scan.table));
  LeafCheck check(state_.mac, state_.hash, scan.table);
  std::vector<ports::Row> found;
  KM_CHECK(Settled(check, "", [&] { return TryList(index, scan, check, found); }));
  return found;
}

Result<std::uint64_t> VerifiedReads::Count(std::string_view table) {
  KM_TRY(const std::size_t index, TableIndex(state_, table));
  return state_.directory.Total(index).rows;
}

}  // namespace kmaas::storage
