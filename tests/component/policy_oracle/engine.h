// The engine under test, asked in the oracle's words.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domain/grant.h"
#include "policy/decision.h"
#include "tests/component/policy_oracle/model.h"

namespace kmaas::policy_oracle {

// A world compiled once and asked often.
class Engine {
 public:
  explicit Engine(const World& world);

  // Why a policy was refused; empty: all were taken.
  const std::string& refusal() const { return refusal_; }
  Verdict Decide(const Ask& ask) const;

 private:
  policy::NamedPolicy Compile(const PolicyText& text, policy::PolicyKind kind,
                              const std::string& name);

  std::string account_;
  std::string resource_;
  std::string refusal_;
  policy::NamedPolicy resource_policy_;
  policy::IdentitySide identity_;
  std::vector<std::shared_ptr<const domain::Grant>> grants_;
};

}  // namespace kmaas::policy_oracle
