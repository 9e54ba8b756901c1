#include "operations/policies/policy_rules.h"

#include "base/limits.h"

namespace kmaas::operations {

Result<KeptPolicy> ReadKeyPolicy(const std::string& document, records::Catalog& catalog) {
  if (document.size() > limits::kPolicyBytesMax) {
    return Error{ErrorCode::kLimitExceeded, "The policy document is larger than " +
                                                std::to_string(limits::kPolicyBytesMax) +
                                                " bytes."};
  }
  constexpr auto kKind = policy::PolicyKind::kKey;
  KM_CHECK(policy::Policy::Compile(document, kKind));
  KeptPolicy kept;
  KM_TRY(kept.lasting, core::NamePrincipals(catalog, document, kKind));
  KM_TRY(kept.compiled, policy::Policy::Compile(kept.lasting.document, kKind));
  return kept;
}

Result<void> PutKeptPolicy(records::Changes& changes, const domain::Key& key,
                           const KeptPolicy& policy) {
  KM_CHECK(core::PutIndex(changes, policy.lasting.index));
  return changes.Put(records::KeyPolicy{key.region, key.id, policy.lasting.document});
}

}  // namespace kmaas::operations
