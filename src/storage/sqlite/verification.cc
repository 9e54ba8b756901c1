#include "storage/sqlite/verification.h"

#include "storage/sqlite/database_file.h"
#include "storage/sqlite/head_row.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/whole_scan.h"

namespace kmaas::storage {
namespace {

// Pages and their order, which reads of rows see in part only. Its lines are findings but for "ok".
Result<void> CheckPages(Connection& connection, IntegrityReport& report) {
  KM_TRY(const PreparedStatement prepared, connection.Prepare("PRAGMA integrity_check(100)"));
  Statement statement(prepared.get());
  int code = statement.Step();
  for (; code == SQLITE_ROW; code = statement.Step()) {
    const std::string_view line = statement.Blob(0);
    if (line != "ok") report.findings.push_back({"", "", std::string(line)});
  }
  if (code == SQLITE_DONE) return {};
  const Error failed = StoreError(connection.handle(), code, "check of the pages");
  if (failed.code != ErrorCode::kKmsInternal) return failed;
  report.findings.push_back({"", "", failed.detail});
  return {};
}

Result<IntegrityReport> Verify(Connection& connection, StoreState& state,
                               const std::string& database, const ScanProgress& progress) {
  KM_CHECK(connection.Execute("PRAGMA query_only=ON"));
  KM_CHECK(connection.Execute("BEGIN"));
  RowStatements rows(connection, TablesWithHead());
  KM_TRY(IntegrityReport report, ScanWhole(rows, state, database, progress));
  KM_CHECK(CheckPages(connection, report));
  return report;
}

}  // namespace

Result<IntegrityReport> VerifyDatabase(const SqliteOptions& options, RowMac mac,
                                       const ScanProgress& progress) {
  SqliteOptions reading = options;
  reading.mode = OpenMode::kReadOnly;
  StoreState state(std::move(mac), TablesOfRecords());
  KM_TRY(OpenedDatabase opened, OpenDatabase(reading, state.mac));
  Result<IntegrityReport> report = Verify(opened.connection, state, options.path, progress);
  if (!report) {
    return OpeningRefused("cannot read all of the database " + options.path, report.error().detail);
  }
  return report;
}

}  // namespace kmaas::storage
