// kmaas key: looks at customers' keys; making and changing them is the API's.
#include <algorithm>
#include <optional>

#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/key_lookup.h"
#include "cli/table.h"
#include "records/every_row.h"

namespace kmaas::cli {
namespace {

struct KeyArguments {
  std::string account;
  std::string state;
  std::string key;
};

void WriteKey(JsonWriter& json, const domain::Key& key) {
  json.Member("id", key.id.ToText())
      .Member("arn", key.arn())
      .Member("account", key.account)
      .Member("state", ToText(key.state))
      .Member("custody", ToText(key.custody))
      .Member("spec", ToText(key.spec))
      .Member("usage", ToText(key.usage))
      .Member("origin", ToText(key.origin))
      .Member("description", key.description)
      .Member("created", FormatIso8601(key.created));
  if (key.deletion && key.deletion->date)
    json.Member("deletion_date", FormatIso8601(*key.deletion->date));
}

Result<void> ListKeys(Invocation& invocation, const KeyArguments& arguments) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(app::Foundation foundation, OpenForReading(config, invocation.clock));
  JsonWriter json;
  json.BeginArray();
  Table table({"KEY", "REGION", "ACCOUNT", "STATE", "CUSTODY", "CREATED", "DESCRIPTION"});
  const auto list = [&](const domain::Key& key) {
    if (!arguments.account.empty() && key.account != arguments.account) return;
    if (!arguments.state.empty() && ToText(key.state) != arguments.state) return;
    if (invocation.json) {
      json.BeginObject();
      WriteKey(json, key);
      json.End();
      return;
    }
    table.Add({key.id.ToText(), key.region, key.account, std::string(ToText(key.state)),
               std::string(ToText(key.custody)), FormatIso8601(key.created), key.description});
  };
  Result<void> listed = records::ForEachRow<domain::Key>(*foundation.catalog, "", list);
  json.End();
  foundation.Close();
  if (!listed) return listed;
  if (invocation.json) {
    invocation.out << json.text();
  } else {
    table.Print(invocation.out);
  }
  return {};
}

Result<std::vector<std::string>> AliasesOf(records::Catalog& catalog, const domain::Key& key) {
  std::vector<std::string> names;
  KM_CHECK(records::ForEachRow<records::KeyAlias>(
      catalog, records::KeyAliasesPrefix(key.region, key.id),
      [&](records::KeyAlias alias) { names.push_back(std::move(alias.alias_name)); }));
  return names;
}

// What `key show` shows of one key.
struct KeyFacts {
  std::shared_ptr<const domain::Key> key;
  std::shared_ptr<const domain::KeyMaterial> material;
  std::vector<std::string> aliases;
  // Of a resident key in the service's tokens.
  std::optional<hsm::EngineGroup::Holders> holders;
};

bool IsInServiceTokens(const KeyFacts& facts) {
  return facts.material && facts.material->custody == domain::Custody::kResident &&
         facts.key->custom_key_store_id.empty();
}

// Why a resident key may be lost or away; empty when there is nothing to say.
std::string WarningOf(const hsm::EngineGroup::Holders& holders, std::size_t tokens) {
  if (holders.names.empty() && holders.unknown.empty())
    return "no token has the material: the key cannot be used";
  if (!holders.unknown.empty()) return "could not be asked: " + Joined(holders.unknown);
  if (holders.names.size() == 1 && tokens > 1)
    return "only one token has the material: copy it to the others with the HSM's own tools";
  return "";
}

Result<KeyFacts> GatherKey(records::Catalog& catalog, const std::vector<std::string>& regions,
                           const KeyArguments& arguments) {
  KeyFacts facts;
  KM_TRY(facts.key, FindKey(catalog, regions, {arguments.key, arguments.account}));
  if (facts.key->current_material) {
    KM_TRY(facts.material, catalog.Find<domain::KeyMaterial>(records::MaterialRow(
                               facts.key->region, facts.key->id, *facts.key->current_material)));
  }
  KM_TRY(facts.aliases, AliasesOf(catalog, *facts.key));
  return facts;
}

std::string KeyDocument(const KeyFacts& facts) {
  JsonWriter json;
  json.BeginObject();
  WriteKey(json, *facts.key);
  if (facts.key->current_material)
    json.Member("material_id", facts.key->current_material->ToText());
  if (facts.material) {
    json.Member("root_generation", facts.material->root_generation)
        .Member("length_bytes", facts.material->length_bytes);
  }
  if (facts.holders) {
    json.Key("tokens").BeginArray();
    for (std::size_t i = 0; i < facts.holders->names.size(); ++i)
      json.BeginObject()
          .Member("name", facts.holders->names[i])
          .Member("serial", facts.holders->serials[i])
          .End();
    json.End().Key("tokens_not_asked").BeginArray();
    for (const std::string& name : facts.holders->unknown) json.Text(name);
    json.End();
  }
  json.Key("aliases").BeginArray();
  for (const std::string& alias : facts.aliases) json.Text(alias);
  json.End().Key("tags").BeginObject();
  for (const domain::Tag& tag : facts.key->tags) json.Member(tag.key, tag.value);
  json.End().End();
  return std::move(json.text());
}

void AddHolders(const hsm::EngineGroup::Holders& holders, std::size_t tokens, Table& table) {
  for (std::size_t i = 0; i < holders.names.size(); ++i)
    table.Add({"token", holders.names[i] + ", serial " + holders.serials[i]});
  const std::string warning = WarningOf(holders, tokens);
  if (!warning.empty()) table.Add({"warning", warning});
}

void PrintKey(const KeyFacts& facts, std::size_t tokens, std::ostream& out) {
  const domain::Key& key = *facts.key;
  Table table({"key", key.id.ToText()});
  table.Add({"arn", key.arn()});
  table.Add({"state", std::string(ToText(key.state))});
  table.Add({"custody", std::string(ToText(key.custody))});
  table.Add(
      {"spec and usage", std::string(ToText(key.spec)) + ", " + std::string(ToText(key.usage))});
  table.Add({"origin", std::string(ToText(key.origin))});
  table.Add({"created", FormatIso8601(key.created)});
  if (key.deletion && key.deletion->date)
    table.Add({"deletion date", FormatIso8601(*key.deletion->date)});
  table.Add({"description", key.description});
  if (key.current_material) table.Add({"material", key.current_material->ToText()});
  if (facts.material && facts.material->root_generation != 0) {
    table.Add({"wrapped by", "root generation " + std::to_string(facts.material->root_generation)});
  }
  if (facts.holders) AddHolders(*facts.holders, tokens, table);
  for (const std::string& alias : facts.aliases) table.Add({"alias", alias});
  for (const domain::Tag& tag : key.tags) table.Add({"tag", tag.key + " = " + tag.value});
  table.Print(out);
}

Result<void> ShowKey(Invocation& invocation, const KeyArguments& arguments) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(app::Foundation foundation, OpenForReading(config, invocation.clock));
  auto facts = GatherKey(*foundation.catalog, config.regions(), arguments);
  const std::size_t tokens = foundation.engine->members().size();
  if (facts && IsInServiceTokens(*facts))
    facts->holders = foundation.engine->HoldersOf(*facts->material,
                                                  Deadline::After(invocation.clock, app::kStepMax));
  foundation.Close();
  if (!facts) return facts.error();
  if (invocation.json) {
    invocation.out << KeyDocument(*facts);
  } else {
    PrintKey(*facts, tokens, invocation.out);
  }
  return {};
}

void AddList(CLI::App& key, Invocation& invocation,
             const std::shared_ptr<KeyArguments>& arguments) {
  CLI::App& list = *key.add_subcommand("list", "List the keys of the store");
  invocation.AddConfigOption(list);
  list.add_option("--account", arguments->account, "Only keys of this account")
      ->type_name("NUMBER");
  list.add_option("--state", arguments->state, "Only keys in this state")
      ->type_name("STATE")
      ->check(CLI::IsMember({"Creating", "Enabled", "Disabled", "PendingDeletion", "PendingImport",
                             "PendingReplicaDeletion", "Unavailable", "Updating"}));
  invocation.AddJsonOption(list);
  list.footer(
      "Examples:\n  kmaas key list --config kmaas.yaml\n"
      "  kmaas key list --state PendingDeletion --json | jq -r '.[].arn'");
  list.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return ListKeys(invocation, *arguments); };
  });
}

void AddShow(CLI::App& key, Invocation& invocation,
             const std::shared_ptr<KeyArguments>& arguments) {
  CLI::App& show = *key.add_subcommand("show", "Show one key: custody, material, aliases, tags");
  invocation.AddConfigOption(show);
  show.add_option("KEY", arguments->key,
                  "Key id, key ARN, alias name or alias ARN; an ARN says in which Region")
      ->required();
  show.add_option("--account", arguments->account, "The account of an alias name")
      ->type_name("NUMBER");
  invocation.AddJsonOption(show);
  show.footer(
      "Examples:\n  kmaas key show alias/orders --config kmaas.yaml\n"
      "  kmaas key show 1234abcd-12ab-34cd-56ef-1234567890ab --json");
  show.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return ShowKey(invocation, *arguments); };
  });
}

}  // namespace

void AddKeyCommands(CLI::App& program, Invocation& invocation) {
  CLI::App& key = *program.add_subcommand("key", "Look at customers' keys (read only)");
  key.require_subcommand(1);
  key.footer(
      "Keys are made and changed through the API: aws kms create-key, ...\n\n"
      "Examples:\n  kmaas key list\n  kmaas key show alias/orders");
  const auto arguments = std::make_shared<KeyArguments>();
  AddList(key, invocation, arguments);
  AddShow(key, invocation, arguments);
  AddProofOfDeletion(key, invocation);
}

}  // namespace kmaas::cli
