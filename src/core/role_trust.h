// Who may assume a role: what its trust policy is asked, and by whom.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/authoriser.h"
#include "ports/web_identity.h"
#include "records/catalog.h"

namespace kmaas::core {

// The trust policy, compiled. kKmsInternal for one that cannot be read: it might deny.
Result<std::shared_ptr<const policy::Policy>> TrustPolicyOf(const records::Role& role);

// Who has shown a token and is nobody of an account yet, as a trust policy in `account` and the
// audit see him.
domain::Principal WebCaller(const ports::WebIdentity& who, std::string account);

// The principal that a session of `role` acts as; `session` lacks the names of the role.
domain::Principal AsRole(const records::Role& role, domain::Session session);

Error NoWebIdentities();

// What only the call that assumes a role knows: the claims of a token as "issuer.example/path:sub",
// and the second factor shown with it.
class TrustConditions final : public policy::ConditionContext {
 public:
  // Borrows `who`, which may be null.
  // Without a request to read it from, `session_name` is what sts:RoleSessionName asks for.
  explicit TrustConditions(const ports::WebIdentity* who, bool second_factor_now = false,
                           std::string session_name = {})
      : who_(who), second_factor_now_(second_factor_now), session_name_(std::move(session_name)) {}

  bool Values(const policy::ConditionKey& key,
              std::vector<std::string_view>& values) const override;

 private:
  bool ClaimValues(std::string_view claim, std::vector<std::string_view>& values) const;

  const ports::WebIdentity* who_;
  const bool second_factor_now_;
  const std::string session_name_;
};

}  // namespace kmaas::core
