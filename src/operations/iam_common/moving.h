// Entities that get another name or path: what names them follows.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/call.h"
#include "operations/iam_common/entities.h"
#include "records/catalog.h"

namespace kmaas::operations {

// The index rows of the policies that an entity carries, from its old ARN to its new one.
Result<void> MovePolicyUses(records::Changes& changes, const records::EntityPolicies& policies,
                            const std::string& old_arn, const std::string& new_arn);

// Stores `moved` in the place of `old`. kAlreadyExists when another one has its name already; a new
// name that differs in case only is no other.
template <class T>
Result<void> Replace(records::Changes& changes, const T& old, const T& moved) {
  const std::string old_row = EntityKindOf<T>::kRow(old.account, old.name);
  if (EntityKindOf<T>::kRow(moved.account, moved.name) != old_row) {
    KM_CHECK(RequireFree(changes, moved));
    KM_CHECK(changes.Delete<T>(old_row));
  }
  KM_CHECK(MovePolicyUses(changes, old.policies, old.arn(), moved.arn()));
  return changes.Put(moved);
}

// Access keys of a user, sealed for another name: a sealed secret is bound to its user. Made before
// the transaction, because the HSM is asked.
Result<std::vector<records::StoredAccessKey>> ResealFor(
    const core::Call& call, const std::vector<records::StoredAccessKey>& keys,
    const std::string& new_name);

}  // namespace kmaas::operations
