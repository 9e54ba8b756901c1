// Managed policies on users, groups and roles: the record of the entity, and an index row by
// policy.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "domain/entity_arn.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_common/paging.h"

namespace kmaas::operations {

inline constexpr std::size_t kAttachedPoliciesMax = 10;

Error TooManyAttached(std::string_view kind);
// Of those attached, the ones below a path.
Result<std::vector<std::string>> AttachedBelow(const records::EntityPolicies& policies,
                                               const std::string& path_prefix);

template <class T>
Result<void> AttachPolicy(core::Call& call, const std::string& entity, const std::string& arn) {
  return WriteEntity<T>(call, entity, [&](T& owner, records::Changes& changes) -> Result<void> {
    std::vector<std::string>& attached = owner.policies.attached;
    KM_CHECK(RequirePolicy(changes, owner.account, arn));
    if (std::find(attached.begin(), attached.end(), arn) != attached.end()) return {};
    if (attached.size() >= kAttachedPoliciesMax) return TooManyAttached(EntityKindOf<T>::kText);
    attached.push_back(arn);
    return changes.Put(records::PolicyUse{arn, owner.arn(), false});
  });
}

template <class T>
Result<void> DetachPolicy(core::Call& call, const std::string& entity, const std::string& arn) {
  return WriteEntity<T>(call, entity, [&](T& owner, records::Changes& changes) -> Result<void> {
    if (std::erase(owner.policies.attached, arn) == 0)
      return NoSuchEntity("Policy " + arn + " was not found.");
    return changes.Delete<records::PolicyUse>(
        records::Table<records::PolicyUse>::RowKey({arn, owner.arn(), false}));
  });
}

template <class T, class Request, class Reply>
Result<void> ListAttached(const core::Call& call, const std::string& entity, const Request& request,
                          Reply& reply) {
  KM_TRY(const auto owner, FindEntity<T>(call, entity));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  KM_TRY(const std::vector<std::string> arns,
         AttachedBelow(owner->policies, request.has_path_prefix() ? request.path_prefix() : "/"));
  ListItems(
      arns, paging, [](const std::string& arn) { return arn; },
      [&reply](const std::string& arn) {
        auto& policy = *reply.add_attached_policies();
        policy.set_policy_name(domain::NameInArn(arn));
        policy.set_policy_arn(arn);
      },
      call, reply);
  return {};
}

}  // namespace kmaas::operations
