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

// Null when there is none.
Result<std::shared_ptr<const domain::Key>> FindIn(const std::string& region,
                                                  records::Catalog& catalog, const KeyName& name,
                                                  const std::optional<domain::Arn>& arn) {
  constexpr std::string_view kKeyPrefix = "key/";
  std::optional<std::string> id = name.text;
  if (domain::IsAliasName(name.text)) {
    KM_TRY(id, FindAlias(catalog, region, name));
  } else if (arn && arn->resource.starts_with("alias/")) {
    KM_TRY(id, AliasTarget(catalog, region, arn->account, arn->resource));
  } else if (arn && arn->resource.starts_with(kKeyPrefix)) {
    id = arn->resource.substr(kKeyPrefix.size());
  }
  const auto key_id = id ? domain::KeyId::Parse(*id) : std::nullopt;
  if (!key_id) return std::shared_ptr<const domain::Key>();
  return catalog.Find<domain::Key>(records::KeyRow(region, *key_id));
}

}  // namespace

Result<std::shared_ptr<const domain::Key>> FindKey(records::Catalog& catalog,
                                                   const std::vector<std::string>& regions,
                                                   const KeyName& name) {
  const auto arn = domain::Arn::Parse(name.text);
  for (const std::string& region : regions) {
    if (arn && arn->region != region) continue;
    KM_TRY(auto key, FindIn(region, catalog, name, arn));
    if (key) return key;
  }
  return Error{ErrorCode::kNotFound, "there is no key " + Harmless(name.text) + " in " +
                                         Joined(regions) + "; `kmaas key list` shows all"};
}

}  // namespace kmaas::cli
