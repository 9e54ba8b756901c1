#include "core/entity_conditions.h"

#include <algorithm>
#include <array>

#include "records/row_keys.h"

namespace kmaas::core {
namespace {

using policy::KnownKey;

// For these, iam:PermissionsBoundary is the boundary that the entity has; those that set one have
// it in their request. Source: AWS service authorization reference, IAM.
constexpr std::array<std::string_view, 10> kAskWhatBounds = {
    "AttachRolePolicy", "AttachUserPolicy", "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy", "DeleteUserPolicy", "DeleteUserPermissionsBoundary",
    "DetachRolePolicy", "DetachUserPolicy", "PutRolePolicy",
    "PutUserPolicy",
};

bool AsksWhatBounds(const Operation& operation) {
  return std::find(kAskWhatBounds.begin(), kAskWhatBounds.end(), operation.name) !=
         kAskWhatBounds.end();
}

}  // namespace

bool EntityConditions::Values(const policy::ConditionKey& key,
                              std::vector<std::string_view>& values) const {
  if (key.known == KnownKey::kIamPermissionsBoundary) {
    if (entity_.permissions_boundary.empty() || !AsksWhatBounds(operation_)) return false;
    values.emplace_back(entity_.permissions_boundary);
    return true;
  }
  if (key.known != KnownKey::kResourceTag && key.known != KnownKey::kIamResourceTag) return false;
  // Two tags of an entity never differ in case alone.
  const auto tag = std::find_if(
      entity_.tags.begin(), entity_.tags.end(),
      [&](const domain::Tag& one) { return records::FoldedName(one.key) == key.member; });
  if (tag == entity_.tags.end()) return false;
  values.emplace_back(tag->value);
  return true;
}

}  // namespace kmaas::core
