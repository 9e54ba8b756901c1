// kmaas verify: looks at every row of a database.
#include <unistd.h>

#include "app/process.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/table.h"
#include "storage/sqlite/verification.h"

namespace kmaas::cli {
namespace {

using storage::IntegrityReport;

std::string Document(const std::string& path, const IntegrityReport& report) {
  JsonWriter json;
  json.BeginObject()
      .Member("database", path)
      .Member("intact", report.intact())
      .Member("schema_version", report.schema_version)
      .Member("epoch", report.epoch);
  json.Key("tables").BeginArray();
  for (const storage::TableIntegrity& table : report.tables) {
    json.BeginObject().Member("table", table.table).Member("rows", table.rows);
    if (table.rows_expected) json.Member("rows_expected", *table.rows_expected);
    json.End();
  }
  json.End();
  json.Key("findings").BeginArray();
  for (const storage::IntegrityFinding& finding : report.findings) {
    json.BeginObject()
        .Member("table", finding.table)
        .Member("row", finding.row)
        .Member("what", finding.what)
        .End();
  }
  json.End().End();
  return std::move(json.text());
}

void PrintText(const std::string& path, const IntegrityReport& report, std::ostream& out) {
  std::uint64_t rows = 0;
  for (const storage::TableIntegrity& table : report.tables) rows += table.rows;
  for (const storage::IntegrityFinding& finding : report.findings) {
    out << (finding.table.empty() ? "file" : finding.table);
    if (!finding.row.empty()) out << ", row " << Harmless(finding.row);
    out << ": " << Harmless(finding.what) << '\n';
  }
  out << path << ": " << rows << " rows in " << report.tables.size() << " tables, epoch "
      << report.epoch << (report.intact() ? ", all as they were written\n" : "\n");
}

// For whoever waits at a terminal.
class Progress {
 public:
  explicit Progress(std::ostream& err) : err_(err), shown_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (any_) err_ << '\n';
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void operator()(std::uint64_t rows) {
    if (!shown_) return;
    any_ = true;
    err_ << '\r' << rows << " rows" << std::flush;
  }

 private:
  std::ostream& err_;
  const bool shown_;
  bool any_ = false;
};

Result<IntegrityReport> LookAt(Invocation& invocation, const app::Config& config,
                               const std::string& path) {
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(SecretBytes pin, ObtainUserPin(config.hsm));
  KM_TRY(app::Foundation token, app::OpenToken(config, std::move(pin), invocation.clock));
  Result<app::DerivedKeys> keys =
      app::DeriveKeys(*token.engine, Deadline::After(invocation.clock, app::kStepMax));
  token.Close();
  if (!keys) return keys.error();
  storage::SqliteOptions options;
  options.path = path;
  Progress progress(invocation.err);
  return storage::VerifyDatabase(options, storage::RowMac(std::move(keys->row_mac)),
                                 [&progress](std::uint64_t rows) { progress(rows); });
}

Result<void> Verify(Invocation& invocation, const std::string& database) {
  KM_TRY(const app::Config config, invocation.Load());
  const std::string path = database.empty() ? config.store.path : database;
  KM_TRY(const IntegrityReport report, LookAt(invocation, config, path));
  if (invocation.json) {
    invocation.out << Document(path, report);
  } else {
    PrintText(path, report, invocation.out);
  }
  if (report.intact()) return {};
  return Error{ErrorCode::kKmsInternal, "the database is not as kmaas wrote it: " +
                                            std::to_string(report.findings.size()) + " findings"};
}

constexpr char kFooter[] =
    "Looks at every row and names each that was changed or moved, and each table of which rows "
    "were "
    "deleted, added\nor put back. Works beside a running kmaasd, in one snapshot, and on a copy; "
    "changes nothing. Needs the token,\nwhose integrity key the MACs depend on.\n"
    "\n"
    "Examples:\n"
    "  kmaas verify --config kmaas.yaml\n"
    "  kmaas verify --database /backup/kmaas.db --json";

}  // namespace

void AddVerifyCommand(CLI::App& program, Invocation& invocation) {
  CLI::App& verify = *program.add_subcommand(
      "verify", "Check that every row of the database is as it was written");
  const auto database = std::make_shared<std::string>();
  invocation.AddConfigOption(verify);
  verify
      .add_option("--database", *database, "Another database of the same token, such as a backup")
      ->type_name("FILE");
  invocation.AddJsonOption(verify);
  verify.footer(kFooter);
  verify.callback([&invocation, database] {
    invocation.action = [&invocation, database] { return Verify(invocation, *database); };
  });
}

}  // namespace kmaas::cli
