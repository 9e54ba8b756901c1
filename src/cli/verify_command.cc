// kmaas verify: looks at every row of a database.
#include <unistd.h>

#include "app/anchored_store.h"
#include "app/process.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/standing.h"
#include "cli/table.h"
#include "storage/sqlite/verification.h"

namespace kmaas::cli {
namespace {

using storage::IntegrityReport;

// What a look at the database has found, and at those who remember its head.
struct Look {
  IntegrityReport report;
  std::optional<storage::Evidence> evidence;  // none: nothing can be told
  std::string unasked;                        // why not
};

// What is said of a database that is not the newest; empty for one that is.
std::string Judgement(const Look& look) {
  if (!look.evidence) return look.unasked;
  const storage::Standing standing = storage::Judge(*look.evidence);
  if (storage::MayServe(standing)) return "";
  std::string said(storage::StandingName(standing));
  if (standing == storage::Standing::kRolledBack) said += ": older than anchored";
  return said;
}

std::string Document(const std::string& path, const Look& look) {
  const IntegrityReport& report = look.report;
  JsonWriter json;
  json.BeginObject()
      .Member("database", path)
      .Member("intact", report.intact())
      .Member("schema_version", report.schema_version)
      .Member("epoch", report.epoch);
  if (look.evidence) WriteStanding(json, *look.evidence);
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

void PrintText(const std::string& path, const Look& look, std::ostream& out) {
  const IntegrityReport& report = look.report;
  std::uint64_t rows = 0;
  for (const storage::TableIntegrity& table : report.tables) rows += table.rows;
  for (const storage::IntegrityFinding& finding : report.findings) {
    out << (finding.table.empty() ? "file" : finding.table);
    if (!finding.row.empty()) out << ", row " << Harmless(finding.row);
    out << ": " << Harmless(finding.what) << '\n';
  }
  out << path << ": " << rows << " rows in " << report.tables.size() << " tables, epoch "
      << report.epoch << (report.intact() ? ", all as they were written\n" : "\n");
  const std::string judgement = Judgement(look);
  if (!judgement.empty()) out << judgement << '\n';
  if (!judgement.empty() && look.evidence) out << DescribeWitnesses(*look.evidence) << '\n';
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

Result<Look> LookAt(Invocation& invocation, const app::Config& config, const std::string& path) {
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(app::Foundation token, app::OpenToken(config, std::move(pins), invocation.clock));
  Result<app::DerivedKeys> keys =
      app::DeriveKeys(*token.engine, Deadline::After(invocation.clock, app::kStepMax));
  // Before the database: a server beside this process may go on meanwhile.
  const auto evidence = app::AskWitnesses(*token.engine, config, invocation.clock);
  token.Close();
  if (!keys) return keys.error();
  storage::SqliteOptions options;
  options.path = path;
  Progress progress(invocation.err);
  Look look;
  KM_TRY(look.report, storage::VerifyDatabase(options, storage::RowMac(std::move(keys->row_mac)),
                                              [&progress](std::uint64_t rows) { progress(rows); }));
  if (!look.report.head) return look;  // that is a finding
  if (evidence) {
    look.evidence = *evidence;
    look.evidence->database = look.report.head;
  } else {
    look.unasked =
        "whether it is the newest cannot be told: " + app::ForOperators(evidence.error());
  }
  return look;
}

Result<void> Verify(Invocation& invocation, const std::string& database) {
  KM_TRY(const app::Config config, invocation.Load());
  const std::string path = database.empty() ? config.store.path : database;
  KM_TRY(const Look look, LookAt(invocation, config, path));
  if (invocation.json) {
    invocation.out << Document(path, look);
  } else {
    PrintText(path, look, invocation.out);
  }
  if (!look.report.intact())
    return Error{ErrorCode::kKmsInternal, "the database is not as kmaas wrote it: " +
                                              std::to_string(look.report.findings.size()) +
                                              " findings"};
  // A copy may well be older: its head is shown, and does not fail.
  const std::string judgement = Judgement(look);
  if (judgement.empty() || !database.empty()) return {};
  return Error{ErrorCode::kKmsInternal, "the database is not the newest: " + judgement};
}

constexpr char kFooter[] =
    "Looks at every row and names each that was changed, moved, added or put back, and those "
    "between "
    "which one is\nmissing; the table alone where the file FILE.rows, which the server keeps "
    "beside "
    "its database, does not fit.\nCompares the head with what the token and the audit trail "
    "remember: "
    "fails when it is older than anchored, and\nonly says so of another database. Works beside a "
    "running kmaasd, in one snapshot, and on a copy; changes\nnothing. Needs the token, whose "
    "integrity key the MACs depend on.\n"
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
