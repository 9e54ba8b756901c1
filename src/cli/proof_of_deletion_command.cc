// kmaas key proof-of-deletion: what remains of a key that was deleted.
#include <algorithm>

#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/table.h"
#include "records/every_row.h"

namespace kmaas::cli {
namespace {

// A replica may have been made and deleted more than once.
struct Proof {
  std::vector<domain::DeletedKey> deletions;  // the oldest first
  std::vector<std::string> living;            // ARNs of keys of the same id
};

struct Wanted {
  std::vector<std::string> regions;  // the first that knows of a deletion
  domain::KeyId id;
};

// An id may be of any Region of the server; a deleted key has no aliases any more.
Result<Wanted> Read(const std::string& text, const std::vector<std::string>& regions) {
  const auto arn = domain::Arn::Parse(text);
  constexpr std::string_view kKeyPrefix = "key/";
  std::string id = text;
  if (arn && arn->resource.starts_with(kKeyPrefix)) id = arn->resource.substr(kKeyPrefix.size());
  const auto parsed = domain::KeyId::Parse(id);
  if (!parsed)
    return Error{ErrorCode::kValidation, Harmless(text) + " is neither a key id nor a key ARN"};
  return Wanted{arn ? std::vector<std::string>{arn->region} : regions, *parsed};
}

Error NotDeleted(const domain::Key& key) {
  std::string text = key.arn() + " is not deleted: its state is " + std::string(ToText(key.state));
  if (key.deletion && key.deletion->date)
    text += ", and it is to be deleted after " + FormatIso8601(*key.deletion->date);
  return {ErrorCode::kKmsInvalidState, std::move(text)};
}

// Always an error: why there is none.
Result<Proof> NoProof(records::Catalog& catalog, const Wanted& wanted) {
  for (const std::string& region : wanted.regions) {
    KM_TRY(const auto living, catalog.Find<domain::Key>(records::KeyRow(region, wanted.id)));
    if (living != nullptr) return NotDeleted(*living);
  }
  return Error{ErrorCode::kNotFound, "no key " + wanted.id.ToText() + " was ever deleted in " +
                                         Joined(wanted.regions) + ", and there is none"};
}

Result<std::vector<domain::DeletedKey>> DeletionsOf(records::Catalog& catalog,
                                                    const Wanted& wanted) {
  for (const std::string& region : wanted.regions) {
    KM_TRY(auto deletions,
           records::EveryRow<domain::DeletedKey>(catalog, records::KeyRow(region, wanted.id)));
    if (deletions.empty()) continue;
    std::sort(deletions.begin(), deletions.end(),
              [](const auto& a, const auto& b) { return a.deleted < b.deleted; });
    return deletions;
  }
  return std::vector<domain::DeletedKey>();
}

// In another Region, or here, when a replica was made again.
Result<std::vector<std::string>> Living(records::Catalog& catalog, const domain::KeyId& id) {
  std::vector<std::string> arns;
  if (!id.multi_region) return arns;
  KM_CHECK(records::ForEachRow<domain::Key>(catalog, "", [&](const domain::Key& key) {
    if (key.id == id) arns.push_back(key.arn());
  }));
  return arns;
}

Result<Proof> Gather(records::Catalog& catalog, const Wanted& wanted) {
  Proof proof;
  KM_TRY(proof.deletions, DeletionsOf(catalog, wanted));
  if (proof.deletions.empty()) return NoProof(catalog, wanted);
  KM_TRY(proof.living, Living(catalog, wanted.id));
  return proof;
}

void WriteMaterial(JsonWriter& json, const domain::DestroyedMaterial& material) {
  json.BeginObject()
      .Member("id", material.id.ToText())
      .Member("custody", ToText(material.custody))
      .Member("wrapping", ToText(material.dialect))
      .Member("root_generation", material.root_generation)
      .Member("created", FormatIso8601(material.created))
      .Member("stored_form_sha256", HexEncode(material.blob_digest))
      .Member("public_key", Base64Encode(material.public_key))
      .End();
}

void WriteTexts(JsonWriter& json, const std::string& name, const std::vector<std::string>& texts) {
  json.Key(name).BeginArray();
  for (const std::string& text : texts) json.Text(text);
  json.End();
}

void WriteDeletion(JsonWriter& json, const domain::DeletedKey& key,
                   const std::vector<std::string>& living) {
  json.BeginObject()
      .Member("id", key.id.ToText())
      .Member("arn", key.arn())
      .Member("account", key.account)
      .Member("spec", ToText(key.spec))
      .Member("usage", ToText(key.usage))
      .Member("origin", ToText(key.origin))
      .Member("custom_key_store_id", key.custom_key_store_id)
      .Member("token_serial", key.token_serial)
      .Member("created", FormatIso8601(key.created));
  json.Key("request")
      .BeginObject()
      .Member("by", key.request.requested_by)
      .Member("time", FormatIso8601(key.request.requested))
      .Member("waiting_days", key.request.window_days)
      .Member("event_id", key.request.event_id)
      .End();
  json.Member("deleted", FormatIso8601(key.deleted)).Member("event_id", key.event_id);
  json.Key("materials").BeginArray();
  for (const domain::DestroyedMaterial& material : key.materials) WriteMaterial(json, material);
  json.End();
  WriteTexts(json, "aliases", key.aliases);
  json.Member("grants", key.grants);
  WriteTexts(json, "lives_as", living);
  json.End();
}

std::string Document(const Proof& proof) {
  JsonWriter json;
  json.BeginArray();
  for (const domain::DeletedKey& key : proof.deletions) WriteDeletion(json, key, proof.living);
  json.End();
  return std::move(json.text());
}

std::string Described(const domain::DestroyedMaterial& material) {
  std::string text = material.id.ToText() + ", " + std::string(ToText(material.custody));
  if (!material.blob_digest.empty())
    text += ", stored form had SHA-256 " + HexEncode(material.blob_digest);
  return text;
}

void Print(const domain::DeletedKey& key, const std::vector<std::string>& living,
           std::ostream& out) {
  Table table({"deleted key", key.arn()});
  table.Add(
      {"spec and usage", std::string(ToText(key.spec)) + ", " + std::string(ToText(key.usage))});
  table.Add({"origin", std::string(ToText(key.origin))});
  if (!key.custom_key_store_id.empty()) table.Add({"key store", key.custom_key_store_id});
  table.Add({"token", "serial " + key.token_serial});
  table.Add({"created", FormatIso8601(key.created)});
  table.Add({"asked for by", key.request.requested_by});
  table.Add({"asked for", FormatIso8601(key.request.requested) + ", to wait " +
                              std::to_string(key.request.window_days) + " days"});
  table.Add({"audit event of asking", key.request.event_id});
  table.Add({"deleted", FormatIso8601(key.deleted)});
  table.Add({"audit event of deletion", key.event_id});
  for (const domain::DestroyedMaterial& material : key.materials)
    table.Add({"destroyed material", Described(material)});
  for (const std::string& alias : key.aliases) table.Add({"deleted alias", alias});
  table.Add({"deleted grants", std::to_string(key.grants)});
  for (const std::string& arn : living) table.Add({"a key of this id lives as", arn});
  table.Print(out);
}

Result<void> ShowProof(Invocation& invocation, const std::string& text) {
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(const Wanted wanted, Read(text, config.regions()));
  KM_TRY(app::Foundation foundation, OpenForReading(config, invocation.clock));
  const Result<Proof> proof = Gather(*foundation.catalog, wanted);
  foundation.Close();
  if (!proof) return proof.error();
  if (invocation.json) {
    invocation.out << Document(*proof);
  } else {
    for (const domain::DeletedKey& key : proof->deletions)
      Print(key, proof->living, invocation.out);
  }
  return {};
}

}  // namespace

void AddProofOfDeletion(CLI::App& key, Invocation& invocation) {
  CLI::App& command = *key.add_subcommand(
      "proof-of-deletion", "Show what was destroyed with a deleted key, when and for whom");
  invocation.AddConfigOption(command);
  const auto text = std::make_shared<std::string>();
  command.add_option("KEY", *text, "Key id or key ARN")->required();
  invocation.AddJsonOption(command);
  command.footer(
      "The audit trail has both events by their ids; `kmaas audit verify` checks it.\n\n"
      "Examples:\n  kmaas key proof-of-deletion 1234abcd-12ab-34cd-56ef-1234567890ab\n"
      "  kmaas key proof-of-deletion 1234abcd-12ab-34cd-56ef-1234567890ab --json");
  command.callback([&invocation, text] {
    invocation.action = [&invocation, text] { return ShowProof(invocation, *text); };
  });
}

}  // namespace kmaas::cli
