#include "cli/key_lookup.h"

#include "cli/table.h"
#include "records/every_row.h"

namespace kmaas::cli {
namespace {

Result<std::optional<std::string>> AliasTarget(records::Catalog& catalog, const std::string& region,
                                               const std::string& account,
                                               const std::string& alias_name) {
  KM_TRY(const auto alias,
         catalog.Find<domain::Alias>(records::AliasRow(account, region, alias_name)));
  if (!alias) return std::optional<std::string>();
  return std::optional<std::string>(alias->target.ToText());
}

Result<std::optional<std::string>> FindAlias(records::Catalog& catalog, const std::string& region,
                                             const KeyName& name) {
  if (!name.account.empty()) {
    return AliasTarget(catalog, region, name.account, name.text);
  }
  KM_TRY(const auto accounts, records::EveryRow<records::Account>(catalog, ""));
  std::optional<std::string> found;
  for (const records::Account& account : accounts) {
    KM_TRY(const auto target, AliasTarget(catalog, region, account.id, name.text));
    if (!target) continue;
    if (found) {
      return Error{ErrorCode::kValidation,
                   name.text + " exists in several accounts; name one with --account"};
    }
    found = target;
  }
  return found;
}

}  // namespace

Result<std::shared_ptr<const domain::Key>> FindKey(records::Catalog& catalog,
                                                   const std::string& region, const KeyName& name) {
  const Error missing{ErrorCode::kNotFound, "there is no key " + Harmless(name.text) + " in " +
                                                region + "; `kmaas key list` shows all"};
  std::optional<std::string> id = name.text;
  if (domain::IsAliasName(name.text)) {
    KM_TRY(id, FindAlias(catalog, region, name));
  } else if (const auto arn = domain::Arn::Parse(name.text)) {
    if (arn->resource.rfind("alias/", 0) == 0) {
      KM_TRY(id, AliasTarget(catalog, arn->region, arn->account, arn->resource));
    } else if (arn->resource.rfind("key/", 0) == 0) {
      id = arn->resource.substr(4);
    }
  }
  const auto key_id = id ? domain::KeyId::Parse(*id) : std::nullopt;
  if (!key_id) return missing;
  KM_TRY(auto key, catalog.Find<domain::Key>(records::KeyRow(region, *key_id)));
  if (!key) return missing;
  return key;
}

}  // namespace kmaas::cli
