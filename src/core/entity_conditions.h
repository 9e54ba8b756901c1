// What conditions ask about the entity of IAM that a call acts on: aws:ResourceTag, iam:ResourceTag
// and iam:PermissionsBoundary.
#pragma once

#include <string_view>
#include <vector>

#include "core/entity_resolver.h"
#include "core/operation.h"
#include "policy/condition_key.h"

namespace kmaas::core {

// Borrows both for the time of one decision.
class EntityConditions final : public policy::ConditionContext {
 public:
  EntityConditions(const ResolvedEntity& entity, const Operation& operation)
      : entity_(entity), operation_(operation) {}

  bool Values(const policy::ConditionKey& key,
              std::vector<std::string_view>& values) const override;

 private:
  const ResolvedEntity& entity_;
  const Operation& operation_;
};

}  // namespace kmaas::core
