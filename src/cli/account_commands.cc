// kmaas account: who there is; secrets are never shown.
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/table.h"
#include "records/every_row.h"

namespace kmaas::cli {
namespace {

struct Identities {
  std::vector<records::Account> accounts;
  std::vector<records::User> users;
  std::vector<records::StoredAccessKey> access_keys;
};

Result<Identities> Gather(records::Catalog& catalog) {
  Identities found;
  KM_TRY(found.accounts, records::EveryRow<records::Account>(catalog, ""));
  KM_TRY(found.users, records::EveryRow<records::User>(catalog, ""));
  KM_TRY(found.access_keys, records::EveryRow<records::StoredAccessKey>(catalog, ""));
  return found;
}

void WriteUser(JsonWriter& json, const records::User& user, const Identities& identities) {
  json.BeginObject()
      .Member("name", user.name)
      .Member("arn", user.arn())
      .Member("user_id", user.user_id)
      .Member("created", FormatIso8601(user.created));
  json.Key("access_keys").BeginArray();
  for (const records::StoredAccessKey& key : identities.access_keys) {
    if (key.account != user.account || key.user_name != user.name) continue;
    json.BeginObject()
        .Member("id", key.id)
        .Member("active", key.active)
        .Member("created", FormatIso8601(key.created))
        .End();
  }
  json.End().End();
}

std::string Document(const Identities& identities) {
  JsonWriter json;
  json.BeginArray();
  for (const records::Account& account : identities.accounts) {
    json.BeginObject()
        .Member("id", account.id)
        .Member("name", account.name)
        .Member("created", FormatIso8601(account.created));
    json.Key("users").BeginArray();
    for (const records::User& user : identities.users) {
      if (user.account == account.id) WriteUser(json, user, identities);
    }
    json.End().End();
  }
  json.End();
  return std::move(json.text());
}

void PrintText(const Identities& identities, std::ostream& out) {
  for (const records::Account& account : identities.accounts) {
    out << "account " << account.id << ' ' << Harmless(account.name) << ", since "
        << FormatIso8601(account.created) << '\n';
    Table table({"  USER", "ACCESS KEY", "STATE", "CREATED"});
    for (const records::User& user : identities.users) {
      if (user.account != account.id) continue;
      table.Add({"  " + user.arn(), "", "", FormatIso8601(user.created)});
      for (const records::StoredAccessKey& key : identities.access_keys) {
        if (key.account != user.account || key.user_name != user.name) continue;
        table.Add({"", key.id, key.active ? "active" : "inactive", FormatIso8601(key.created)});
      }
    }
    table.Print(out);
  }
}

Result<void> ShowAccounts(Invocation& invocation) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(app::Foundation foundation, OpenForReading(config, invocation.clock));
  auto identities = Gather(*foundation.catalog);
  foundation.Close();
  if (!identities) return identities.error();
  if (invocation.json) {
    invocation.out << Document(*identities);
  } else {
    PrintText(*identities, invocation.out);
  }
  return {};
}

}  // namespace

void AddAccountCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& account = *program.add_subcommand("account", "Look at accounts, and make them");
  account.require_subcommand(1);
  account.footer("Examples:\n  kmaas account show\n  kmaas account create --name Payments");
  AddAccountCreation(account, invocation);
  CLI::App& show =
      *account.add_subcommand("show", "Show accounts, their users and access keys (no secrets)");
  invocation.AddConfigOption(show);
  invocation.AddJsonOption(show);
  show.footer("Example:\n  kmaas account show --config kmaas.yaml");
  show.callback(
      [&invocation] { invocation.action = [&invocation] { return ShowAccounts(invocation); }; });
}

}  // namespace kmaas::cli
