// Who calls: the outcome of authentication, AWS's names.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace kmaas::domain {

enum class PrincipalType { kIamUser, kRoot, kAssumedRole, kService };

// What temporary credentials say beyond the principal. Long-term credentials have none, and then
// aws:MultiFactorAuthPresent is absent, as at AWS.
struct Session {
  std::string role_arn;  // of an assumed role; empty for sessions of users
  std::string role_name;
  std::string role_id;  // AROA...: a role made anew under the old name is another
  std::string session_name;
  WallTime issued{};
  WallTime expires{};
  std::optional<WallTime> mfa_time;                       // when a second factor was shown
  std::vector<std::pair<std::string, std::string>> tags;  // session tags
  std::vector<std::string> transitive_tag_keys;
  std::string source_identity;
  std::string federated_provider;  // OIDC issuer; empty: none
  std::string policy;              // inline session policy; empty: none
  std::vector<std::string> policy_arns;
  bool chained = false;  // the role was assumed with the credentials of a role

  bool operator==(const Session&) const = default;
};

struct Principal {
  PrincipalType type = PrincipalType::kIamUser;
  std::string account;        // 12 digits
  std::string arn;            // arn:aws:iam::111122223333:user/name
  std::string user_id;        // AIDA..., or AROA...:session-name
  std::string user_name;      // empty unless an IAM user
  std::string access_key_id;  // AKIA..., ASIA..., or empty when a certificate proved it
  std::shared_ptr<const Session> session = nullptr;  // null: long-term credentials or a certificate
};

}  // namespace kmaas::domain
