// The decision of AWS KMS: from the key policy as the root of trust, the identity policies that it
// lets count, what narrows them, and the grants that add. docs/authorisation.md has the picture.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/ciphertext.h"
#include "domain/grant.h"
#include "domain/principal.h"
#include "policy/policy.h"

namespace kmaas::policy {

// A policy in play and how an explanation calls it: "key policy", "AdministratorAccess",
// "inline policy readers of group auditors".
struct NamedPolicy {
  std::string name;
  std::shared_ptr<const Policy> policy;
  std::string source_id = {};  // how simulations of IAM call it: "group_auditors_readers"
};

// All policies of one principal. Immutable; shared by its calls.
struct IdentitySide {
  std::vector<NamedPolicy> policies;    // its own, the attached, those of its groups
  std::optional<NamedPolicy> boundary;  // permissions boundary: narrows
  std::vector<NamedPolicy> session;     // session policies: together they narrow once
  // Of the principal, session tags first; the first of a name counts.
  std::vector<std::pair<std::string, std::string>> tags;
};

// Borrowed for one decision.
struct Question {
  const domain::Principal& principal;
  std::string_view action;
  std::string_view resource;          // ARN, or "*"
  std::string_view resource_account;  // who owns it; the caller's for "*"
  const ConditionContext& context;
  const IdentitySide& identity;
  // Key policy, or trust policy of a role; null when only the identity side decides (CreateKey,
  // aliases, IAM).
  const Policy* resource_policy = nullptr;
  // Of the key that is asked for: at least those whose grantee is the caller.
  std::span<const std::shared_ptr<const domain::Grant>> grants = {};
  const domain::EncryptionContext* encryption_context = nullptr;  // for grant constraints
};

enum class Outcome {
  kAllowed,
  kExplicitDeny,
  kNoResourceAllow,  // the key policy (and no grant) does not allow or delegate
  kNoIdentityAllow,  // delegated, but no identity policy allows
  kNoBoundaryAllow,
  kNoSessionAllow,
};

enum class Decider {
  kKeyPolicy,
  kIdentityPolicy,
  kBoundary,
  kSessionPolicy,
  kGrant,
  kRoot,
  kNobody
};

struct Decision {
  Outcome outcome = Outcome::kNoResourceAllow;
  Decider decider = Decider::kNobody;
  std::string_view policy_name;          // of `statement`; lives as long as the question
  const Statement* statement = nullptr;  // that decided; null for grants, the root and silence
  const domain::Grant* grant = nullptr;
  // Of kNoResourceAllow: the identity policy that would allow if the resource policy let it count.
  std::string_view uncounted_policy_name;
  const Statement* uncounted = nullptr;

  bool allowed() const { return outcome == Outcome::kAllowed; }
  // One line for audit and operators: "key policy, statement 2 (Sid users)".
  std::string Describe() const;
};

// One policy as the decision went past it, for whoever asks why.
struct TraceLine {
  std::string policy_name;
  Finding finding;
};

Decision Decide(const Question& question, std::vector<TraceLine>* trace = nullptr);

}  // namespace kmaas::policy
