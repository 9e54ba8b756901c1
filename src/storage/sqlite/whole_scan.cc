#include "storage/sqlite/whole_scan.h"

#include "storage/sqlite/head_row.h"
#include "storage/sqlite/migrations.h"

namespace kmaas::storage {
namespace {

constexpr std::size_t kBadRowsNamed = 1000;  // of a table
constexpr std::uint64_t kProgressRows = 10'000;

class Scan {
 public:
  Scan(RowStatements& rows, StoreState& state, const ScanProgress& progress)
      : rows_(rows), state_(state), progress_(progress) {}

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
      KM_CHECK(LookAt(table, head.record.has_value()));
    state_.Publish(state_.head);
    return std::move(report_);
  }

 private:
  Result<void> LookAt(std::size_t table, bool has_head);
  void Take(std::size_t table, const StoredRow& row);
  void Compare(std::size_t table);
  void Find(std::string_view table, std::string_view row, std::string_view what) {
    report_.findings.push_back({std::string(table), std::string(row), std::string(what)});
  }

  RowStatements& rows_;
  StoreState& state_;
  const ScanProgress& progress_;
  IntegrityReport report_;
  std::uint64_t rows_seen_ = 0;
  // Of the table that is looked at.
  LeafCutter cutter_{""};
  std::string last_key_;
  std::uint64_t rows_of_table_ = 0;
  std::uint64_t bad_rows_ = 0;
};

Result<void> Scan::LookAt(std::size_t table, bool has_head) {
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
  if (has_head) Compare(table);
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
  Find(name, row.key, in_order ? Describe(RowDifference{}) : "the row is not in the order of the keys");
}

void Scan::Compare(std::size_t table) {
  const std::string_view name = state_.directory.tables()[table];
  const SetState total = state_.directory.Total(table);
  const bool came_later = table >= state_.head.tables.size();
  const TableHead expected =
      came_later ? HeadOf(state_.hash, name, SetState()) : state_.head.tables[table];
  report_.tables.back().rows_expected = expected.rows;
  const bool alike = HeadOf(state_.hash, name, total) == expected;
  // A row whose MAC does not match has been named, and is not among those that were summed.
  if (rows_of_table_ != expected.rows || (!alike && bad_rows_ == 0))
    Find(name, "",
         "the rows are not those last written: " + Difference(rows_of_table_, expected.rows));
}

}  // namespace

Result<IntegrityReport> ScanWhole(RowStatements& rows, StoreState& state,
                                  const ScanProgress& progress) {
  return Scan(rows, state, progress).Run();
}

}  // namespace kmaas::storage
