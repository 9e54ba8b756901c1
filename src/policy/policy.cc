#include "policy/policy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii_case.h"
#include "policy/policy_parser.h"
#include "policy/statement.h"

namespace kmaas::policy {
namespace {

// An action in lower case, without an allocation for every name that AWS has.
class LowerCaseAction {
 public:
  explicit LowerCaseAction(std::string_view action) {
    if (action.size() > near_.size()) {
      far_ = LowerAscii(action);
      view_ = far_;
      return;
    }
    std::transform(action.begin(), action.end(), near_.begin(),
                   [](char c) { return LowerAscii(c); });
    view_ = std::string_view(near_.data(), action.size());
  }
  LowerCaseAction(const LowerCaseAction&) = delete;
  LowerCaseAction& operator=(const LowerCaseAction&) = delete;

  std::string_view view() const { return view_; }

 private:
  std::array<char, 64> near_;
  std::string far_;
  std::string_view view_;
};

}  // namespace

Policy::Policy() = default;
Policy::~Policy() = default;

Result<std::shared_ptr<const Policy>> Policy::Compile(std::string_view text, PolicyKind kind) {
  KM_TRY(auto statements, ParseStatements(text, kind));
  std::shared_ptr<Policy> policy(new Policy());
  policy->kind_ = kind;
  policy->statements_ = std::move(statements);
  return std::shared_ptr<const Policy>(std::move(policy));
}

Finding Policy::Evaluate(const Request& request, const domain::Principal& caller) const {
  const LowerCaseAction action(request.action);
  Finding finding;
  for (const Statement& statement : statements_) {
    if (!statement.allows() && finding.deny != nullptr) continue;
    if (!statement.MatchesAction(action.view())) continue;
    const PrincipalMatch match = statement.MatchesPrincipal(caller);
    if (match == PrincipalMatch::kNone) continue;
    // Nothing to gain from a second one that is no stronger.
    if (statement.allows() && finding.allow != nullptr && match <= finding.match) continue;
    if (!statement.MatchesResource(request.resource, request.context) ||
        !statement.ConditionsHold(request.context)) {
      continue;
    }
    if (!statement.allows()) {
      finding.deny = &statement;
    } else {
      finding.allow = &statement;
      finding.match = match;
    }
  }
  if (kind_ == PolicyKind::kIdentity) finding.match = PrincipalMatch::kNone;
  return finding;
}

}  // namespace kmaas::policy
