// A grant: one principal may do some operations with one key, perhaps only in some context.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "domain/ciphertext.h"
#include "domain/ids.h"
#include "domain/key.h"
#include "domain/principal.h"

namespace kmaas::domain {

// At most one of the context constraints is set (AWS KMS API, GrantConstraints).
struct GrantConstraints {
  EncryptionContext context_equals;
  EncryptionContext context_subset;  // all of these pairs, and any others
  std::string source_arn;

  bool operator==(const GrantConstraints&) const = default;
};

struct Grant {
  std::string id;  // 64 hex digits
  KeyId key_id;
  std::string account;  // of the key
  std::string region;
  std::string name;  // empty: none; makes CreateGrant idempotent
  // The lasting name of a principal (domain/principal_names.h), or a service principal's name.
  std::string grantee;
  std::string retiring;  // likewise; empty: none
  bool grantee_is_service = false;
  bool retiring_is_service = false;
  std::string issuing_account;          // 12 digits
  std::string issuing_principal;        // ARN
  std::vector<std::string> operations;  // "Decrypt", sorted, each once
  GrantConstraints constraints;
  WallTime created{};
};

bool IsGrantId(std::string_view text);  // 64 hex digits, lower case
// Source: AWS KMS service model, GrantConstraintSourceArnType.
bool IsSourceArn(std::string_view text);

// Every operation that a grant may carry. Source: AWS KMS service model, GrantOperation.
std::span<const std::string_view> GrantOperations();
// Whether a key can do the operation at all. Source: AWS KMS Developer Guide, "Grant operations".
bool FitsKey(std::string_view operation, const Key& key);

bool Carries(const Grant& grant, std::string_view operation);
// Whether the context constraint lets the operation pass; false for what no grant can carry. It is
// not asked of operations without an encryption context: DescribeKey, RetireGrant; nor of
// CreateGrant, whose grants inherit it.
bool AllowsContext(const Grant& grant, std::string_view operation,
                   const EncryptionContext& context);

// Whether `grant` gives nothing that `parent`, which allowed to make it, does not: no further
// operation, an equal or stricter context, the same source. Source: AWS KMS Developer Guide,
// "Granting CreateGrant permission".
bool IsNarrowerThan(const Grant& grant, const Grant& parent);

// Why the caller may retire the grant: "retiring principal", "grantee", "account of the grant";
// nothing when it may not. `policies_allow`: its account lets the caller act for it, which counts
// where the account itself may retire. Source: AWS KMS Developer Guide, "Retiring and revoking
// grants".
std::optional<std::string_view> RightToRetire(const Grant& grant, const Principal& caller,
                                              bool policies_allow);

}  // namespace kmaas::domain
