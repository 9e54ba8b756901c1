#include "storage/sqlite/sqlite_store.h"

#include "storage/sqlite/database_file.h"
#include "storage/sqlite/group_writer.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/reader_pool.h"
#include "storage/sqlite/whole_scan.h"

namespace kmaas::storage {
namespace {

constexpr std::size_t kAlarmsAtOpen = 20;

// The rows are those of the last commit, or the database is not opened.
Result<void> RequireIntact(Connection& connection, StoreState& state, const std::string& path) {
  RowStatements rows(connection, TablesWithHead());
  const Result<IntegrityReport> report = ScanWhole(rows, state, path);
  if (!report) {
    return OpeningRefused("cannot read all of the database " + path, report.error().detail);
  }
  if (report->intact()) return {};
  connection.LeaveAsFound();
  std::string first;
  for (std::size_t alarm = 0; alarm < std::min(kAlarmsAtOpen, report->findings.size()); ++alarm) {
    const IntegrityFinding& finding = report->findings[alarm];
    const Error raised = RaiseAlarm(finding.table, finding.row, finding.what);
    if (first.empty()) first = raised.detail;
  }
  return OpeningRefused("the database " + path + " is not as kmaas wrote it: " + first +
                        " (findings: " + std::to_string(report->findings.size()) +
                        "). Nothing was changed. `kmaas verify` names them all; restore the "
                        "database from a backup.");
}

}  // namespace

// The order is that of destruction, reversed: the lock goes last.
struct SqliteStore::Parts {
  explicit Parts(RowMac row_mac) : state(std::move(row_mac), TablesOfRecords()) {}

  Result<void> Begin(OpenedDatabase opened, const SqliteOptions& options, const Clock& clock);
  Result<void> BeginReading(OpenedDatabase opened, const SqliteOptions& options);

  std::optional<ProcessLock> lock;
  StoreState state;
  ReaderPool readers;
  std::optional<GroupWriter> writer;  // none when read-only
};

Result<void> SqliteStore::Parts::Begin(OpenedDatabase opened, const SqliteOptions& options,
                                       const Clock& clock) {
  lock.emplace(*std::move(opened.lock));
  KM_CHECK(opened.connection.Execute("BEGIN"));
  KM_CHECK(RequireIntact(opened.connection, state, options.path));
  KM_CHECK(opened.connection.Execute("ROLLBACK"));
  for (std::size_t made = 0; made < std::max<std::size_t>(options.readers, 1); ++made) {
    KM_TRY(Connection reader, OpenReader(options));
    readers.Add(std::make_unique<ReadConnection>(std::move(reader), state));
  }
  const GroupWriter::Limits limits{options.queued_changes_max, options.changes_per_commit_max};
  writer.emplace(std::move(opened.connection), state, options.path, options.observer, clock,
                 limits);
  return {};
}

// One snapshot, to which the directory belongs: what another process commits meanwhile is not seen.
Result<void> SqliteStore::Parts::BeginReading(OpenedDatabase opened, const SqliteOptions& options) {
  KM_CHECK(opened.connection.Execute("PRAGMA query_only=ON"));
  KM_CHECK(opened.connection.Execute("BEGIN"));
  KM_CHECK(RequireIntact(opened.connection, state, options.path));
  readers.Add(std::make_unique<ReadConnection>(std::move(opened.connection), state));
  return {};
}

SqliteStore::SqliteStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const SqliteOptions& options, RowMac mac,
                                                       const Clock& clock) {
  auto parts = std::make_unique<Parts>(std::move(mac));
  KM_TRY(OpenedDatabase opened, OpenDatabase(options, parts->state.mac));
  const Result<void> begun = options.mode == OpenMode::kReadOnly
                                 ? parts->BeginReading(std::move(opened), options)
                                 : parts->Begin(std::move(opened), options, clock);
  if (!begun) {
    return begun.error().message.empty()
               ? OpeningRefused("cannot open the database " + options.path, begun.error().detail)
               : begun.error();
  }
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

Result<std::optional<std::string>> SqliteStore::Get(std::string_view table, std::string_view key) {
  return parts_->readers.Borrow()->Get(table, key);
}

Result<std::vector<ports::Row>> SqliteStore::List(const ports::Scan& scan) {
  return parts_->readers.Borrow()->List(scan);
}

Result<std::uint64_t> SqliteStore::Count(std::string_view table) {
  return parts_->readers.Borrow()->Count(table);
}

Result<void> SqliteStore::Write(const std::function<Result<void>(ports::Transaction&)>& change,
                                Deadline deadline) {
  if (!parts_->writer) {
    return Error{ErrorCode::kKmsInternal, "", "store: the database was opened for reading only"};
  }
  return parts_->writer->Write(change, deadline);
}

StoreCounters SqliteStore::counters() const {
  return parts_->writer ? parts_->writer->counters() : StoreCounters();
}

std::size_t SqliteStore::waiting() const { return parts_->writer ? parts_->writer->waiting() : 0; }

int SqliteStore::schema_version() const { return static_cast<int>(Migrations().size()); }

ports::StoreHead SqliteStore::head() const { return parts_->state.published(); }

WallTime SqliteStore::clock_floor() const { return parts_->state.clock_floor(); }

void SqliteStore::AdvanceEpochTo(std::uint64_t epoch) { parts_->state.epoch_min = epoch; }

}  // namespace kmaas::storage
