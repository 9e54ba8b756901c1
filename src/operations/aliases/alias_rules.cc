#include "operations/aliases/alias_rules.h"

#include "base/limits.h"

namespace kmaas::operations {

Result<void> CheckAliasName(const std::string& name) {
  if (!name.starts_with("alias/")) {
    return Error{ErrorCode::kValidation,
                 "Alias must start with the prefix \"alias/\". Please see "
                 "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"};
  }
  if (!domain::IsAliasName(name))
    return Error{ErrorCode::kInvalidAliasName, "Alias contains invalid characters: " + name};
  if (name.starts_with("alias/aws/"))
    return Error{ErrorCode::kInvalidAliasName, "Aliases beginning with alias/aws/ are reserved."};
  return {};
}

Result<void> CheckRoomForAlias(const domain::Key& key, records::Changes& changes) {
  KM_TRY(const records::Page page,
         changes.List<records::KeyAlias>(records::KeyAliasesPrefix(key.region, key.id), "",
                                         limits::kAliasesPerKeyMax));
  if (page.rows.size() < limits::kAliasesPerKeyMax) return {};
  return Error{ErrorCode::kLimitExceeded, key.arn() + " has " + std::to_string(page.rows.size()) +
                                              " aliases, which is the limit."};
}

Result<domain::Alias> RequireAlias(records::Changes& changes, const std::string& account,
                                   const std::string& region, const std::string& name) {
  KM_TRY(std::optional<domain::Alias> alias,
         changes.Get<domain::Alias>(records::AliasRow(account, region, name)));
  if (!alias)
    return Error{ErrorCode::kNotFound,
                 "Alias " + domain::AliasArn(region, account, name) + " is not found."};
  return *std::move(alias);
}

}  // namespace kmaas::operations
