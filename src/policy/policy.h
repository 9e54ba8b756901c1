// A policy document, parsed, checked and compiled once; then evaluated as often as needed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/principal.h"
#include "policy/condition_key.h"

namespace kmaas::policy {

enum class PolicyKind {
  kKey,       // resource policy of a KMS key: Principal needed, Resource optional
  kIdentity,  // of a user, group, role, boundary or session: no Principal, Resource needed
  kTrust,     // of a role: Principal needed, no Resource
};

// What is asked of a policy. Borrowed.
struct Request {
  std::string_view action;    // "kms:Decrypt"
  std::string_view resource;  // an ARN; "*" for an action on nothing in particular
  const ConditionContext& context;
};

class Statement;  // policy/statement.h

// How a statement's Principal element meets a caller. A policy that names the account only lets
// the account's own policies decide.
enum class PrincipalMatch {
  kNone,
  kAccount,  // the account of the caller: "111122223333", its root ARN
  kAnyone,   // "*"
  kRole,     // the role that the caller has assumed
  kExact,    // the caller's own ARN (or that of the root, when the caller is the root)
};

// What one policy says of one request.
struct Finding {
  const Statement* deny = nullptr;   // the first statement that denies
  const Statement* allow = nullptr;  // of those that allow, the one with the strongest match
  PrincipalMatch match = PrincipalMatch::kNone;  // of `allow`; kNone in identity policies
};

// Immutable and thread-safe.
class Policy {
 public:
  // kMalformedPolicyDocument with AWS's reasons for text that is not a policy of that kind: not one
  // JSON object, doubled members, unknown elements, operators, or kms: and aws: condition keys,
  // values of the wrong type, spellings of ARNs that match nothing. Sizes are checked by whoever
  // knows them. Source: IAM user guide, "Grammar of the IAM JSON policy language".
  static Result<std::shared_ptr<const Policy>> Compile(std::string_view text, PolicyKind kind);
  ~Policy();

  Finding Evaluate(const Request& request, const domain::Principal& caller) const;

  const std::vector<Statement>& statements() const { return statements_; }
  PolicyKind kind() const { return kind_; }

 private:
  Policy();
  PolicyKind kind_ = PolicyKind::kIdentity;
  std::vector<Statement> statements_;
};

}  // namespace kmaas::policy
