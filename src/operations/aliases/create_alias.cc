// CreateAlias: a friendly name for a key.
#include "operations/aliases/alias_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::CreateAliasResponse> CreateAlias(const kms::CreateAliasRequest& request,
                                             KeyCall& call) {
  KM_CHECK(CheckAliasName(request.alias_name()));
  const WallTime now = call.now();
  KM_CHECK(call.WriteKey([&](domain::Key& key, records::Changes& changes) -> Result<void> {
    const domain::Alias alias{request.alias_name(), key.account, key.region, key.id, now, now};
    KM_TRY(const auto existing,
           changes.Get<domain::Alias>(records::Table<domain::Alias>::RowKey(alias)));
    if (existing)
      return Error{ErrorCode::kAlreadyExists,
                   "An alias with the name " + alias.arn() + " already exists"};
    KM_CHECK(CheckRoomForAlias(key, changes));
    KM_CHECK(changes.Put(alias));
    return changes.Put(records::KeyAlias{key.region, key.id, alias.name});
  }));
  return kms::CreateAliasResponse();
}

}  // namespace kmaas::operations
