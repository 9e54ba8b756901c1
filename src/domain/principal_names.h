// How requests name principals: ARNs of accounts, users, roles and sessions; names of services.
#pragma once

#include <string_view>

#include "domain/principal.h"

namespace kmaas::domain {

// The ARN of an account (its root), an IAM user, a role, a session of a role or a federated user,
// in the one spelling that it has. Whether there is such a principal is not asked. Source: IAM user
// guide, "IAM ARNs".
bool IsPrincipalArn(std::string_view text);

// "dynamodb.eu-central-1.amazonaws.com": at least three labels of letters, digits and dashes.
// Source: AWS KMS service model, ServicePrincipalType.
bool IsServicePrincipal(std::string_view text);

// What policies and grants keep of a principal, so that another one who gets its ARN is another:
// the unique id of a user or session ("AIDA...", "AROA...:session"), the ARN of a root, the name of
// a service.
std::string_view LastingNameOf(const Principal& principal);
// By its lasting name or its ARN.
bool NamesCaller(std::string_view name, const Principal& caller);
// The same of the role in whose session the caller is.
bool NamesRoleOf(std::string_view name, const Principal& caller);

}  // namespace kmaas::domain
