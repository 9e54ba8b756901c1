// The names that policies and grants keep of principals: unique ids, so that whoever is made anew
// under an old name has nothing of the old one's. docs/decisions/0010-principals-by-unique-id.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/principal.h"
#include "policy/policy.h"
#include "records/catalog.h"

namespace kmaas::core {

// A principal that is there: of a user or role its unique id, of a session of a role
// "AROA...:session-name", of an account the ARN of its root.
struct LastingName {
  std::string name;
  std::vector<records::PrincipalArn> index;  // leads from the name back to its ARN
};
// A policy whose principals have their lasting names.
struct LastingPolicy {
  std::string document;
  std::vector<records::PrincipalArn> index;
};
// Stores the index, together with what keeps the names.
Result<void> PutIndex(records::Changes& changes, const std::vector<records::PrincipalArn>& index);

// Nothing when there is no such user, role or account. A session needs its role only.
Result<std::optional<LastingName>> FindLastingName(records::Catalog& catalog, std::string_view arn);

// The ARN that a lasting name stands for today; the name itself when its user or role is gone.
Result<std::string> ShownName(records::Catalog& catalog, const std::string& name);

// A policy as it is stored. kMalformedPolicyDocument, in the words of AWS KMS or of IAM, when a
// principal is not there: an unknown account, user or role, a bare unique id, a service whose name
// is none. `document` is what Policy::Compile takes for that kind.
Result<LastingPolicy> NamePrincipals(records::Catalog& catalog, const std::string& document,
                                     policy::PolicyKind kind);
// A stored policy as its readers see it.
Result<std::string> ShownPolicy(records::Catalog& catalog, const std::string& stored);

}  // namespace kmaas::core
