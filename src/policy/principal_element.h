// Principal and NotPrincipal: whom a statement is about. Source: IAM user guide, "AWS JSON policy
// elements: Principal" and "NotPrincipal".
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "domain/principal.h"
#include "policy/policy.h"

namespace kmaas::policy {

// How AWS KMS says of a key policy that one of its principals is none, or is not there.
inline constexpr std::string_view kInvalidPrincipals =
    "Policy contains a statement with one or more invalid principals.";

class PrincipalElement {
 public:
  enum class Type { kAnyone, kAccount, kUser, kRole, kSession, kFederated, kService };
  struct Entry {
    Type type = Type::kAnyone;
    std::string value;  // an account's 12 digits, else as the policy has it: an ARN or a unique id
  };

  // `type` is "AWS", "Service" or "Federated"; the bare wildcard is the AWS one.
  struct Text {
    std::string type;
    std::string value;
  };
  // Wildcards within ARNs are refused, and so are ARNs of what cannot call.
  static Result<PrincipalElement> Compile(const std::vector<Text>& texts, bool negated);

  // How the element of an Allow, or of a Deny, meets the caller.
  PrincipalMatch Match(const domain::Principal& caller, bool allows) const;

  // For whoever checks that they exist, or lists who can do something.
  const std::vector<Entry>& entries() const { return entries_; }
  bool negated() const { return negated_; }

 private:
  PrincipalElement() = default;
  void Index();
  bool NamesProvider(const domain::Principal& caller) const;
  bool NamesSelf(const domain::Principal& caller) const;
  bool NamesRole(const domain::Principal& caller) const;
  PrincipalMatch Named(const domain::Principal& caller) const;
  bool NamesAllOf(const domain::Principal& caller) const;

  std::vector<Entry> entries_;
  bool negated_ = false;
  // The same, sorted by value.
  bool anyone_ = false;
  std::vector<std::string> accounts_;
  std::vector<std::string> names_;  // of users, roles, sessions: ARNs and unique ids
  std::vector<std::string> services_;
  std::vector<std::string> providers_;
};

}  // namespace kmaas::policy
