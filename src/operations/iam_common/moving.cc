#include "operations/iam_common/moving.h"

#include "identity/sealed_secrets.h"

namespace kmaas::operations {

Result<void> MovePolicyUses(records::Changes& changes, const records::EntityPolicies& policies,
                            const std::string& old_arn, const std::string& new_arn) {
  if (old_arn == new_arn) return {};
  for (const std::string& policy : policies.attached) {
    KM_CHECK(changes.Delete<records::PolicyUse>(
        records::Table<records::PolicyUse>::RowKey({policy, old_arn, false})));
    KM_CHECK(changes.Put(records::PolicyUse{policy, new_arn, false}));
  }
  return {};
}

Result<std::vector<records::StoredAccessKey>> ResealFor(
    const core::Call& call, const std::vector<records::StoredAccessKey>& keys,
    const std::string& new_name) {
  identity::SealedSecrets secrets(call.services().engine, call.services().random);
  std::vector<records::StoredAccessKey> resealed;
  for (const records::StoredAccessKey& key : keys) {
    KM_TRY(const SecretBytes secret, secrets.Open(key, call.deadline()));
    records::StoredAccessKey moved = key;
    moved.user_name = new_name;
    KM_TRY(moved.sealed_secret, secrets.Seal(moved, secret, call.deadline()));
    resealed.push_back(std::move(moved));
  }
  return resealed;
}

}  // namespace kmaas::operations
