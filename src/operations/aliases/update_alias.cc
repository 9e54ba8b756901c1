// UpdateAlias: lets an existing alias name another key of the same kind.
#include "operations/aliases/alias_rules.h"
#include "operations/handlers.h"

namespace kmaas::operations {
namespace {

// Source: AWS KMS API, UpdateAlias: both symmetric, both asymmetric, or both HMAC keys.
bool AreOfOneType(domain::KeySpec one, domain::KeySpec other) {
  return IsSymmetricEncryption(one) == IsSymmetricEncryption(other) &&
         IsAsymmetric(one) == IsAsymmetric(other);
}

Result<void> CheckSameKind(const domain::Alias& alias, const domain::Key& target,
                           records::Changes& changes) {
  KM_TRY(const std::optional<domain::Key> current,
         changes.Get<domain::Key>(records::KeyRow(alias.region, alias.target)));
  if (current && (current->usage != target.usage || !AreOfOneType(current->spec, target.spec))) {
    return Error{ErrorCode::kValidation,
                 "The alias can only be moved to a key of the same type and key usage."};
  }
  return {};
}

}  // namespace

Result<kms::UpdateAliasResponse> UpdateAlias(const kms::UpdateAliasRequest& request,
                                             KeyCall& call) {
  KM_CHECK(CheckAliasName(request.alias_name()));
  KM_CHECK(call.WriteKey([&](domain::Key& key, records::Changes& changes) -> Result<void> {
    KM_TRY(domain::Alias alias,
           RequireAlias(changes, key.account, key.region, request.alias_name()));
    if (alias.target == key.id) return {};
    KM_CHECK(CheckSameKind(alias, key, changes));
    KM_CHECK(CheckRoomForAlias(key, changes));
    KM_CHECK(changes.Delete<records::KeyAlias>(
        records::KeyAliasesPrefix(alias.region, alias.target) + alias.name));
    alias.target = key.id;
    alias.updated = call.now();
    KM_CHECK(changes.Put(alias));
    return changes.Put(records::KeyAlias{key.region, key.id, alias.name});
  }));
  return kms::UpdateAliasResponse();
}

}  // namespace kmaas::operations
