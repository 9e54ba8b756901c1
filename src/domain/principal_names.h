// How requests name principals: ARNs of accounts, users, roles and sessions; names of services.
#pragma once

#include <string_view>

namespace kmaas::domain {

// The ARN of an account (its root), an IAM user, a role, a session of a role or a federated user,
// in the one spelling that it has. Whether there is such a principal is not asked. Source: IAM user
// guide, "IAM ARNs".
bool IsPrincipalArn(std::string_view text);

// "dynamodb.eu-central-1.amazonaws.com": at least three labels of letters, digits and dashes.
// Source: AWS KMS service model, ServicePrincipalType.
bool IsServicePrincipal(std::string_view text);

}  // namespace kmaas::domain
