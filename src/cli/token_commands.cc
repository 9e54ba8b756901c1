// kmaas token: the keys that stand in the token, against the rows that name them.
#include "app/operator_trail.h"
#include "app/process.h"
#include "app/process_random.h"
#include "app/token_sweeping.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/table.h"

namespace kmaas::cli {
namespace {

using ports::TokenKey;

struct SweepArguments {
  bool dry_run = false;
  bool resident = false;
};

struct Row {
  TokenKey key;
  bool destroyed = false;
};

std::vector<Row> RowsOf(const lifecycle::TokenSweep::Outcome& outcome) {
  std::vector<Row> rows;
  for (const TokenKey& key : outcome.destroyed) rows.push_back({key, true});
  for (const TokenKey& key : outcome.left) rows.push_back({key, false});
  return rows;
}

void Print(Invocation& invocation, const std::vector<Row>& rows) {
  if (invocation.json) {
    JsonWriter json;
    json.BeginObject().Key("unnamed_keys").BeginArray();
    for (const Row& row : rows)
      json.BeginObject()
          .Member("kind", row.key.KindText())
          .Member("id", HexEncode(row.key.id))
          .Member("destroyed", row.destroyed)
          .End();
    json.End().End();
    invocation.out << json.text();
    return;
  }
  if (rows.empty()) {
    invocation.out << "every key that kmaas has made in the token has its row\n";
    return;
  }
  Table table({"KIND", "ID", "DESTROYED"});
  for (const Row& row : rows)
    table.Add(
        {std::string(row.key.KindText()), HexEncode(row.key.id), row.destroyed ? "yes" : "no"});
  table.Print(invocation.out);
}

// The list first: a row that is written meanwhile names its key.
Result<std::vector<Row>> DryRun(const app::Config& config, const Clock& clock) {
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(app::Foundation token, app::OpenToken(config, pins.Clone(), clock));
  auto listed = token.engine->token_keys().List(Deadline::After(clock, app::kStepMax));
  token.Close();
  if (!listed) return listed.error();
  KM_TRY(app::Foundation foundation, OpenForReading(config, std::move(pins), clock));
  auto unnamed = lifecycle::FindUnnamedKeys(*listed, *foundation.catalog);
  foundation.Close();
  if (!unnamed) return unnamed.error();
  std::vector<TokenKey>& left = unnamed->without_row;
  left.insert(left.end(), unnamed->half_imported.begin(), unnamed->half_imported.end());
  return RowsOf({{}, std::move(left)});
}

Result<std::vector<Row>> SweepOpened(app::Foundation& foundation, const app::Config& config,
                                     bool resident, const Clock& clock) {
  app::ProcessRandom random;
  KM_TRY(const auto opened, app::OperatorTrail::Begin(config, foundation, random, clock));
  lifecycle::TokenSweep sweep(
      app::SweepParts(foundation, opened->trail(), random, clock, config.region),
      config.unnamed_keys_spared);
  Result<lifecycle::TokenSweep::Outcome> outcome = Error{ErrorCode::kKmsInternal, ""};
  const Result<void> noted = sweep.NoteLeftBehind();
  if (noted) outcome = sweep.Sweep(resident);
  const Result<void> ended = opened->End();
  KM_CHECK(noted);
  if (!outcome) return outcome.error();
  KM_CHECK(ended);
  return RowsOf(*outcome);
}

Result<std::vector<Row>> SweepNow(const app::Config& config, bool resident, const Clock& clock) {
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(app::Foundation foundation,
         app::OpenFoundation(config, std::move(pins), storage::OpenMode::kOpenExisting, clock));
  auto swept = SweepOpened(foundation, config, resident, clock);
  foundation.Close();
  return swept;
}

Result<void> Sweep(Invocation& invocation, const SweepArguments& arguments) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(const std::vector<Row> rows, arguments.dry_run
                                          ? DryRun(config, invocation.clock)
                                          : SweepNow(config, arguments.resident, invocation.clock));
  Print(invocation, rows);
  return {};
}

constexpr char kFooter[] =
    "A crash can leave a key in the token that no row of the database names: a resident key, or "
    "the\nwrapping key of an import. kmaasd destroys those when it starts, and those that it finds "
    "later\nafter lifecycle.unnamed_keys_seconds. This does it by hand, while kmaasd is stopped; "
    "each gets a\nrecord DestroyUnnamedKey in the audit trail. With --dry-run it only shows them, "
    "beside a running\nkmaasd too: a key that is being made at that moment is among them.\n"
    "\n"
    "Resident keys of a database that was set back by `kmaas restore` are left alone, because the "
    "newer\ndatabase may name them. --resident destroys them: what they encrypted is lost then.\n"
    "\n"
    "Examples:\n"
    "  kmaas token sweep --dry-run\n"
    "  kmaas token sweep --json";

}  // namespace

void AddTokenCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& token = *program.add_subcommand("token", "Clear the token of keys that nothing names");
  token.require_subcommand(1);
  token.footer("Example:\n  kmaas token sweep --dry-run");
  CLI::App& sweep =
      *token.add_subcommand("sweep", "Destroy keys in the token that no row of the database names");
  const auto arguments = std::make_shared<SweepArguments>();
  invocation.AddConfigOption(sweep);
  auto* const dry_run =
      sweep.add_flag("--dry-run", arguments->dry_run, "Only show them; works beside kmaasd");
  sweep
      .add_flag("--resident", arguments->resident,
                "Resident keys too, though the database was set back")
      ->excludes(dry_run);
  invocation.AddJsonOption(sweep);
  sweep.footer(kFooter);
  sweep.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Sweep(invocation, *arguments); };
  });
}

}  // namespace kmaas::cli
