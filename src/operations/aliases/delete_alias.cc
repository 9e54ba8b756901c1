// DeleteAlias: removes a name; the key stays.
#include "operations/aliases/alias_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::DeleteAliasResponse> DeleteAlias(const kms::DeleteAliasRequest& request,
                                             AccountCall& call) {
  KM_CHECK(CheckAliasName(request.alias_name()));
  const std::string& account = call.principal().account;
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const domain::Alias alias,
           RequireAlias(changes, account, call.region(), request.alias_name()));
    KM_CHECK(changes.Delete<records::KeyAlias>(
        records::KeyAliasesPrefix(alias.region, alias.target) + alias.name));
    return changes.Delete<domain::Alias>(records::Table<domain::Alias>::RowKey(alias));
  }));
  return kms::DeleteAliasResponse();
}

}  // namespace kmaas::operations
