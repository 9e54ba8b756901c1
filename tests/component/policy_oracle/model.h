// Policies, grants, callers and questions as plain values: what the generator makes, what is
// rendered for the engine, and what the oracle reads. Nothing of src/policy is known here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kmaas::policy_oracle {

using Texts = std::vector<std::string>;

struct PrincipalName {
  std::string kind;  // "AWS", "Service", "Federated"
  std::string name;
};

// One operator on one key: "ForAllValues:StringLikeIfExists" on "aws:TagKeys".
struct Test {
  std::string quantifier;  // "", "ForAllValues", "ForAnyValue"
  std::string operation;   // "StringLike"
  bool if_exists = false;
  std::string key;
  Texts values;
  bool bare = false;   // a single value stands without its list
  bool typed = false;  // numbers and booleans stand without quotes
};

struct Statement {
  bool allow = true;
  std::vector<PrincipalName> principals;  // of resource policies
  bool not_principal = false;
  bool anyone_bare = false;      // "Principal": "*" instead of {"AWS": "*"}
  std::optional<Texts> actions;  // nothing: the element is missing
  bool not_action = false;
  std::optional<Texts> resources;
  bool not_resource = false;
  std::vector<Test> tests;
};

struct PolicyText {
  std::string version;  // "": the element is missing
  std::vector<Statement> statements;
};

struct Caller {
  enum class Kind { kUser, kRoot, kRoleSession };
  Kind kind = Kind::kUser;
  std::string account;
  std::string arn;       // of the user, the root, the session
  std::string role_arn;  // of a session's role
};

struct GrantText {
  std::string grantee;
  Texts operations;
  std::map<std::string, std::string> context_equals;
  std::map<std::string, std::string> context_subset;
  std::string source_arn;
};

// What a resource and the caller's own side say.
struct World {
  enum class Kind { kKey, kRole, kNothing };  // whose resource policy: of a key, of a role, none
  Kind kind = Kind::kKey;
  std::string account;  // of the resource
  std::string arn;      // of the key or role; "*" for kNothing
  PolicyText resource_policy;
  std::vector<PolicyText> identity;
  std::optional<PolicyText> boundary;
  std::vector<PolicyText> session;
  std::vector<GrantText> grants;
  Caller star;  // whom the policies like to name
};

// Keys of a request's context by lower-case name. Absent: not in the map; empty: without values.
using Context = std::map<std::string, Texts>;

struct Ask {
  Caller caller;
  std::string action;
  Context context;
  std::optional<std::map<std::string, std::string>> encryption_context;
};

enum class Verdict {
  kAllowed,
  kExplicitDeny,
  kNoResourceAllow,
  kNoIdentityAllow,
  kNoBoundaryAllow,
  kNoSessionAllow
};
inline constexpr int kVerdicts = 6;
std::string NameOf(Verdict verdict);

// The policy document, as a customer would write it.
std::string ToJson(const PolicyText& policy);
// Everything of a case, for whoever has to find out why two answers differ.
std::string ToReport(const World& world, const Ask& ask);

std::string Lower(std::string text);  // ASCII

}  // namespace kmaas::policy_oracle
