// Who calls: the outcome of authentication, AWS's names.
#pragma once

#include <string>

namespace kmaas::domain {

enum class PrincipalType { kIamUser, kRoot, kAssumedRole, kService };

struct Principal {
  PrincipalType type = PrincipalType::kIamUser;
  std::string account;        // 12 digits
  std::string arn;            // arn:aws:iam::111122223333:user/name
  std::string user_id;        // AIDA...
  std::string user_name;      // empty unless an IAM user
  std::string access_key_id;  // AKIA..., or empty when a certificate proved it
};

}  // namespace kmaas::domain
