// kmaas status: what the service stands on and how it is.
#include <map>
#include <optional>

#include "app/server_process.h"
#include "audit/chain.h"
#include "audit/trail_files.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/server_process.h"
#include "cli/table.h"
#include "records/every_row.h"

namespace kmaas::cli {
namespace {

struct StoreFacts {
  int schema_version = 0;
  std::uint64_t keys = 0;
  std::map<std::string, std::uint64_t> keys_by_state;
  std::map<std::string, std::uint64_t> keys_by_custody;
  std::uint64_t accounts = 0;
  std::uint64_t users = 0;
  std::uint64_t access_keys = 0;
  std::uint64_t records_waiting = 0;  // in the outbox
};

struct TrailFacts {
  std::size_t files = 0;
  std::uint64_t last_sequence = 0;
};

// What could be found out; `problems` says what could not, and why.
struct Overview {
  app::Config config;
  std::optional<std::string> server_process;  // its id, while one serves the database
  std::optional<ports::EngineStatus> token;
  std::vector<hsm::MemberFacts> members;  // of hsm.tokens; one when there is only one token
  std::optional<StoreFacts> store;
  std::optional<TrailFacts> trail;
  std::vector<std::string> problems;
};

Result<void> CountKeys(records::Catalog& catalog, StoreFacts& facts) {
  return records::ForEachRow<domain::Key>(catalog, "", [&](const domain::Key& key) {
    ++facts.keys;
    ++facts.keys_by_state[std::string(ToText(key.state))];
    ++facts.keys_by_custody[std::string(ToText(key.custody))];
  });
}

Result<StoreFacts> LookAtStore(app::Foundation& foundation) {
  StoreFacts facts;
  facts.schema_version = foundation.store->schema_version();
  KM_CHECK(CountKeys(*foundation.catalog, facts));
  KM_TRY(facts.accounts, foundation.catalog->Count<records::Account>());
  KM_TRY(facts.users, foundation.catalog->Count<records::User>());
  KM_TRY(facts.access_keys, foundation.catalog->Count<records::StoredAccessKey>());
  KM_TRY(facts.records_waiting, foundation.catalog->Count<records::OutboxEntry>());
  return facts;
}

// Only the newest file is read: `kmaas audit verify` reads all.
Result<TrailFacts> LookAtTrail(const std::string& directory) {
  KM_TRY(const auto files, audit::ListTrailFiles(directory));
  TrailFacts facts{files.size(), 0};
  for (auto file = files.rbegin(); file != files.rend() && facts.last_sequence == 0; ++file) {
    KM_CHECK(audit::ReadLines(file->path, [&facts](const audit::RawLine& line) {
      const auto parsed = audit::ParseLine(line.text);
      if (line.is_whole && parsed) facts.last_sequence = parsed->sequence;
    }));
  }
  return facts;
}

Overview Gather(const app::Config& config, const Clock& clock) {
  Overview overview;
  overview.config = config;
  overview.server_process = app::ServerProcess(config.store.path);
  auto foundation = OpenForReading(config, clock);
  if (foundation) {
    overview.token = foundation->engine->Status();
    overview.members = foundation->engine->members();
    for (const hsm::MemberFacts& one : overview.members)
      if (!one.up) overview.problems.push_back("token " + one.name + ": " + one.last_error);
    auto store = LookAtStore(*foundation);
    if (store) {
      overview.store = *store;
    } else {
      overview.problems.push_back("store: " + app::ForOperators(store.error()));
    }
    foundation->Close();
  } else {
    overview.problems.push_back(app::ForOperators(foundation.error()));
  }
  auto trail = LookAtTrail(config.audit.directory);
  if (trail) {
    overview.trail = *trail;
  } else {
    overview.problems.push_back("audit: " + app::ForOperators(trail.error()));
  }
  return overview;
}

std::vector<std::string> CustodyNames(const ports::EngineStatus& token) {
  std::vector<std::string> names;
  for (const domain::Custody custody : token.custody) names.emplace_back(ToText(custody));
  return names;
}

std::string Counted(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::string> parts;
  parts.reserve(counts.size());
  for (const auto& [name, count] : counts) parts.push_back(std::to_string(count) + " " + name);
  return Joined(parts);
}

void PrintToken(Table& table, const ports::EngineStatus& token) {
  std::vector<std::string> generations;
  for (const std::uint32_t generation : token.root_generations) {
    generations.push_back(std::to_string(generation));
  }
  table.Add(
      {"token", token.token_label + ", serial " + token.token_serial + ", " + token.token_model});
  table.Add({"module", token.module_path + ", " + token.module_description});
  table.Add({"mechanisms", Joined(token.mechanisms) + " (found by known answers)"});
  table.Add({"custody", Joined(CustodyNames(token))});
  table.Add({"root generations", Joined(generations)});
  if (!token.last_error.empty()) table.Add({"token error", token.last_error});
}

void PrintMembers(Table& table, const std::vector<hsm::MemberFacts>& members) {
  for (const hsm::MemberFacts& one : members)
    table.Add({"token " + one.name,
               one.up ? "up, serial " + one.serial
                      : std::string(one.refused ? "refused: " : "away: ") + one.last_error});
}

void PrintText(const Overview& overview, std::ostream& out) {
  Table table({"configuration", overview.config.file});
  const std::vector<std::string> regions = overview.config.regions();
  table.Add({regions.size() == 1 ? "region" : "regions", Joined(regions)});
  table.Add({"server", overview.server_process ? "running, process " + *overview.server_process
                                               : std::string("not running")});
  table.Add({"https", overview.config.https.address + " port " +
                          std::to_string(overview.config.https.port)});
  table.Add({"grpc",
             overview.config.grpc.address + " port " + std::to_string(overview.config.grpc.port)});
  if (overview.token) PrintToken(table, *overview.token);
  if (overview.members.size() > 1) PrintMembers(table, overview.members);
  if (overview.store) {
    const StoreFacts& store = *overview.store;
    table.Add({"database", overview.config.store.path + ", schema version " +
                               std::to_string(store.schema_version)});
    table.Add({"keys", std::to_string(store.keys)});
    table.Add({"keys by state", Counted(store.keys_by_state)});
    table.Add({"keys by custody", Counted(store.keys_by_custody)});
    table.Add({"identities", std::to_string(store.accounts) + " accounts, " +
                                 std::to_string(store.users) + " users, " +
                                 std::to_string(store.access_keys) + " access keys"});
  }
  if (overview.trail) {
    table.Add({"audit trail", overview.config.audit.directory + ", " +
                                  std::to_string(overview.trail->files) + " files, last record " +
                                  std::to_string(overview.trail->last_sequence)});
  }
  table.Print(out);
}

void WriteToken(JsonWriter& json, const ports::EngineStatus& token) {
  json.Key("token").BeginObject();
  json.Member("label", token.token_label)
      .Member("serial", token.token_serial)
      .Member("model", token.token_model)
      .Member("module", token.module_path)
      .Member("module_description", token.module_description)
      .Member("healthy", token.healthy);
  json.Key("mechanisms").BeginArray();
  for (const std::string& mechanism : token.mechanisms) json.Text(mechanism);
  json.End().Key("custody").BeginArray();
  for (const std::string& custody : CustodyNames(token)) json.Text(custody);
  json.End().Key("root_generations").BeginArray();
  for (const std::uint32_t generation : token.root_generations) json.Number(generation);
  json.End().End();
}

void WriteMembers(JsonWriter& json, const std::vector<hsm::MemberFacts>& members) {
  json.Key("tokens").BeginArray();
  for (const hsm::MemberFacts& one : members) {
    json.BeginObject()
        .Member("name", one.name)
        .Member("serial", one.serial)
        .Member("up", one.up)
        .Member("refused", one.refused)
        .Member("error", one.last_error)
        .End();
  }
  json.End();
}

void WriteCounts(JsonWriter& json, std::string_view name,
                 const std::map<std::string, std::uint64_t>& counts) {
  json.Key(name).BeginObject();
  for (const auto& [key, count] : counts) json.Member(key, count);
  json.End();
}

void WriteStore(JsonWriter& json, const Overview& overview) {
  const StoreFacts& store = *overview.store;
  json.Key("store").BeginObject();
  json.Member("path", overview.config.store.path)
      .Member("schema_version", store.schema_version)
      .Member("accounts", store.accounts)
      .Member("users", store.users)
      .Member("access_keys", store.access_keys)
      .Member("audit_records_waiting", store.records_waiting);
  WriteCounts(json, "keys_by_state", store.keys_by_state);
  WriteCounts(json, "keys_by_custody", store.keys_by_custody);
  json.End();
  json.Key("keys").BeginObject().Member("total", store.keys).End();
}

std::string Document(const Overview& overview) {
  JsonWriter json;
  json.BeginObject();
  json.Member("configuration", overview.config.file).Member("region", overview.config.region);
  json.Key("regions").BeginArray();
  for (const std::string& region : overview.config.regions()) json.Text(region);
  json.End();
  json.Member("server_running", overview.server_process.has_value());
  if (overview.server_process) json.Member("server_process", *overview.server_process);
  if (overview.token) {
    WriteToken(json, *overview.token);
    WriteMembers(json, overview.members);
  }
  if (overview.store) WriteStore(json, overview);
  if (overview.trail) {
    json.Key("audit").BeginObject();
    json.Member("directory", overview.config.audit.directory)
        .Member("files", overview.trail->files)
        .Member("last_sequence", overview.trail->last_sequence)
        .End();
  }
  json.Key("problems").BeginArray();
  for (const std::string& problem : overview.problems) json.Text(problem);
  json.End().End();
  return std::move(json.text());
}

Result<void> ShowStatus(Invocation& invocation) {
  KM_TRY(const app::Config config, invocation.Load());
  const Overview overview = Gather(config, invocation.clock);
  if (invocation.json) {
    invocation.out << Document(overview);
  } else {
    PrintText(overview, invocation.out);
  }
  if (overview.problems.empty()) return {};
  std::string message;
  for (const std::string& problem : overview.problems) {
    message += (message.empty() ? "" : "\nkmaas: ") + problem;
  }
  return Error{ErrorCode::kKmsInternal, message};
}

constexpr char kFooter[] =
    "Logs in to the token, probes its mechanisms, reads the database and the end of the audit "
    "trail. Works\nwhile kmaasd runs and when it does not, and changes nothing.\n"
    "\n"
    "Examples:\n"
    "  kmaas status --config kmaas.yaml\n"
    "  kmaas status --json | jq .keys.total\n"
    "\n"
    "Exit status 1 when something of it could not be found out.";

}  // namespace

void AddStatusCommand(CLI::App& program, Invocation& invocation) {
  CLI::App& status =
      *program.add_subcommand("status", "Show token, mechanisms, custody, keys, audit trail");
  invocation.AddConfigOption(status);
  invocation.AddJsonOption(status);
  status.footer(kFooter);
  status.callback(
      [&invocation] { invocation.action = [&invocation] { return ShowStatus(invocation); }; });
}

}  // namespace kmaas::cli
