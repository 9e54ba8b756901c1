// Inline policies: alike for users, groups and roles.
#pragma once

#include <algorithm>
#include <string>

#include "operations/iam_common/documents.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/paging.h"

namespace kmaas::operations {

// Of all inline policies of one entity together.
template <class T>
inline constexpr std::size_t kInlineSizeMax = 2048;
template <>
inline constexpr std::size_t kInlineSizeMax<records::Group> = 5120;
template <>
inline constexpr std::size_t kInlineSizeMax<records::Role> = 10240;

// Own bound, with white space: as much as one document may have. They are one row, which every
// change of the entity writes.
inline constexpr std::size_t kInlineBytesMax = 131'072;

Error NoSuchInlinePolicy(std::string_view kind, const std::string& name);
// kLimitExceeded when the policies of an entity are too large together.
Result<void> CheckInlineSizes(const records::EntityPolicies& policies, std::size_t size_max,
                              std::string_view kind, const std::string& entity);
// Adds or replaces, by name and in the order of names.
void PutInline(records::InlinePolicy policy, records::EntityPolicies& policies);

template <class T>
Result<void> PutInlinePolicy(core::Call& call, const std::string& entity,
                             const records::InlinePolicy& policy) {
  KM_CHECK(CheckDocumentOf(policy::PolicyKind::kIdentity, policy.document));
  return WriteEntity<T>(call, entity, [&](T& owner, records::Changes& /*changes*/) {
    PutInline(policy, owner.policies);
    return CheckInlineSizes(owner.policies, kInlineSizeMax<T>, EntityKindOf<T>::kText, owner.name);
  });
}

template <class T>
Result<std::string> GetInlineDocument(const core::Call& call, const std::string& entity,
                                      const std::string& name) {
  KM_TRY(const auto owner, FindEntity<T>(call, entity));
  for (const records::InlinePolicy& policy : owner->policies.inline_policies) {
    if (policy.name == name) return policy.document;
  }
  return NoSuchInlinePolicy(EntityKindOf<T>::kText, name);
}

template <class T>
Result<void> DeleteInlinePolicy(core::Call& call, const std::string& entity,
                                const std::string& name) {
  return WriteEntity<T>(call, entity, [&](T& owner, records::Changes& /*changes*/) -> Result<void> {
    const auto erased =
        std::erase_if(owner.policies.inline_policies,
                      [&](const records::InlinePolicy& one) { return one.name == name; });
    if (erased != 0) return {};
    return NoSuchInlinePolicy(EntityKindOf<T>::kText, name);
  });
}

template <class T, class Request, class Reply>
Result<void> ListInlinePolicies(const core::Call& call, const std::string& entity,
                                const Request& request, Reply& reply) {
  KM_TRY(const auto owner, FindEntity<T>(call, entity));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  ListItems(
      owner->policies.inline_policies, paging,
      [](const records::InlinePolicy& policy) { return policy.name; },
      [&reply](const records::InlinePolicy& policy) { reply.add_policy_names(policy.name); }, call,
      reply);
  return {};
}

}  // namespace kmaas::operations
