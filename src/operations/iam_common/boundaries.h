// Permissions boundaries of users and roles: the record and its index row.
#pragma once

#include <string>

#include "base/result.h"
#include "operations/iam_common/managed_policies.h"
#include "records/catalog.h"

namespace kmaas::operations {

template <class T>
Result<void> RemoveBoundary(T& entity, records::Changes& changes) {
  if (entity.permissions_boundary.empty()) return {};
  KM_CHECK(changes.Delete<records::PolicyUse>(records::Table<records::PolicyUse>::RowKey(
      {entity.permissions_boundary, entity.arn(), true})));
  entity.permissions_boundary.clear();
  return {};
}

// kNotFound unless the policy is one of the account, or of AWS's that kmaas knows.
template <class T>
Result<void> SetBoundary(const std::string& policy_arn, T& entity, records::Changes& changes) {
  KM_CHECK(RequirePolicy(changes, entity.account, policy_arn));
  KM_CHECK(RemoveBoundary(entity, changes));
  entity.permissions_boundary = policy_arn;
  return changes.Put(records::PolicyUse{policy_arn, entity.arn(), true});
}

}  // namespace kmaas::operations
