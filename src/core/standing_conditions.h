// What holds of a principal and a key whatever is asked: for "who could".
#pragma once

#include "policy/condition_key.h"

namespace kmaas::core {

// Borrows the conditions of a question without a request.
class StandingConditions final : public policy::ConditionContext {
 public:
  explicit StandingConditions(const policy::ConditionContext& all) : all_(all) {}

  bool Values(const policy::ConditionKey& key,
              std::vector<std::string_view>& values) const override {
    return all_.Values(key, values);
  }
  // Facts about principal and key; not of a request, its time, its way here, or a session.
  bool Answers(const policy::ConditionKey& key) const override;

 private:
  const policy::ConditionContext& all_;
};

}  // namespace kmaas::core
