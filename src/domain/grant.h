// A grant: one principal may do some operations with one key, perhaps only in some context.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "domain/ids.h"

namespace kmaas::domain {

// At most one of the context constraints is set (AWS KMS API, GrantConstraints).
struct GrantConstraints {
  std::map<std::string, std::string> context_equals;
  std::map<std::string, std::string> context_subset;  // all of these pairs, and any others
  std::string source_arn;

  bool operator==(const GrantConstraints&) const = default;
};

struct Grant {
  std::string id;  // 64 hex digits
  KeyId key_id;
  std::string account;  // of the key
  std::string region;
  std::string name;      // empty: none; makes CreateGrant idempotent
  std::string grantee;   // ARN of a principal, or a service principal's name
  std::string retiring;  // likewise; empty: none
  bool grantee_is_service = false;
  bool retiring_is_service = false;
  std::string issuing_account;          // 12 digits
  std::string issuing_principal;        // ARN
  std::vector<std::string> operations;  // "Decrypt", sorted, each once
  GrantConstraints constraints;
  WallTime created{};
};

}  // namespace kmaas::domain
