#include "storage/sqlite/whole_scan.h"

#include "storage/sqlite/head_row.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/row_naming.h"

namespace kmaas::storage {
namespace {

constexpr std::size_t kBadRowsNamed = 1000;  // of a table
constexpr std::uint64_t kProgressRows = 10'000;

class Scan {
 public:
  Scan(RowStatements& rows, StoreState& state, const std::string& database,
       const ScanProgress& progress)
      : rows_(rows), state_(state), database_(database), progress_(progress) {}

  Result<IntegrityReport> Run() {
    report_.schema_version = static_cast<int>(Migrations().size());
    KM_TRY(const HeadFound head, FindHead(rows_, state_.mac));
    if (head.record) {
      state_.head = *head.record;
      report_.epoch = head.record->epoch;
    } else {
      Find(kHeadTable, "", head.problem);
    }
    for (std::size_t table = 0; table < state_.directory.tables().size(); ++table)
      KM_CHECK(LookAt(table));
    state_.Publish(state_.head);
    if (head.record) {
      report_.head = state_.published();
      KM_CHECK(CompareAll());
    }
    return std::move(report_);
  }

 private:
  Result<void> LookAt(std::size_t table);
  void Take(std::size_t table, const StoredRow& row);
  Result<void> CompareAll();
  Result<void> Compare(std::size_t table, const TableHead& expected);
  void Find(std::string_view table, std::string_view row, std::string_view what) {
    report_.findings.push_back({std::string(table), std::string(row), std::string(what)});
  }

  RowStatements& rows_;
  StoreState& state_;
  const std::string& database_;
  const ScanProgress& progress_;
  IntegrityReport report_;
  std::uint64_t rows_seen_ = 0;
  std::optional<RowNaming> naming_;  // when it was needed
  // Of the table that is looked at.
  LeafCutter cutter_{""};
  std::string last_key_;
  std::uint64_t rows_of_table_ = 0;
  std::uint64_t bad_rows_ = 0;
  std::vector<std::uint64_t> bad_rows_of_;  // each table
};

Result<void> Scan::LookAt(std::size_t table) {
  cutter_ = LeafCutter("");
  last_key_.clear();
  rows_of_table_ = 0;
  bad_rows_ = 0;
  const Result<void> read =
      rows_.Range(table, "", std::nullopt, [this, table](const StoredRow& row) {
        Take(table, row);
        return true;
      });
  const std::string_view name = state_.directory.tables()[table];
  if (!read && read.error().code != ErrorCode::kKmsInternal) return read.error();
  if (!read) Find(name, "", read.error().detail);
  if (bad_rows_ > kBadRowsNamed)
    Find(name, "", std::to_string(bad_rows_ - kBadRowsNamed) + " more rows with a wrong MAC");
  state_.directory.Load(table, cutter_.Take());
  report_.tables.push_back({std::string(name), rows_of_table_, std::nullopt});
  bad_rows_of_.push_back(bad_rows_);
  return {};
}

void Scan::Take(std::size_t table, const StoredRow& row) {
  const std::string_view name = state_.directory.tables()[table];
  if (progress_ && ++rows_seen_ % kProgressRows == 0) progress_(rows_seen_);
  const bool in_order = rows_of_table_ == 0 || row.key > last_key_;
  ++rows_of_table_;
  last_key_ = row.key;
  if (in_order && row.well_formed && state_.mac.Matches(name, row.key, row.value, row.mac)) {
    cutter_.Add(row.key, state_.hash.Term(row.mac),
                {state_.hash.KeyTag(row.key), VersionTag(row.mac)});
    return;
  }
  if (++bad_rows_ > kBadRowsNamed) return;
  Find(name, row.key,
       in_order ? Describe(RowDifference{}) : "the row is not in the order of the keys");
}

Result<void> Scan::CompareAll() {
  for (std::size_t table = 0; table < state_.directory.tables().size(); ++table) {
    const std::string_view name = state_.directory.tables()[table];
    const bool came_later = table >= state_.head.tables.size();
    const TableHead expected =
        came_later ? HeadOf(state_.hash, name, SetState()) : state_.head.tables[table];
    report_.tables[table].rows_expected = expected.rows;
    KM_CHECK(Compare(table, expected));
  }
  return {};
}

Result<void> Scan::Compare(std::size_t table, const TableHead& expected) {
  const std::string_view name = state_.directory.tables()[table];
  const std::uint64_t rows = report_.tables[table].rows;
  const SetState total = state_.directory.Total(table);
  if (rows == expected.rows && HeadOf(state_.hash, name, total) == expected) return {};
  if (!naming_) naming_.emplace(rows_, state_, database_);
  KM_TRY(const std::vector<RowDifference> differences, naming_->Name(table, expected));
  for (const RowDifference& one : differences) Find(name, one.row, Describe(one));
  // A row whose MAC does not match has been named, and is not among those that were summed.
  if (differences.empty() && (rows != expected.rows || bad_rows_of_[table] == 0))
    Find(name, "", "the rows are not those last written: " + Difference(rows, expected.rows));
  return {};
}

}  // namespace

Result<IntegrityReport> ScanWhole(RowStatements& rows, StoreState& state,
                                  const std::string& database, const ScanProgress& progress) {
  return Scan(rows, state, database, progress).Run();
}

}  // namespace kmaas::storage
