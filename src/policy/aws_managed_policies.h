// The managed policies of AWS that kmaas knows, exactly as AWS publishes them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace kmaas::policy {

struct AwsManagedPolicy {
  std::string_view arn;
  std::string_view name;
  std::string_view path;
  std::string_view policy_id;
  std::string_view description;
  std::string_view version;  // the default one, and the only one that is known here
  std::int64_t created_seconds = 0;
  std::int64_t updated_seconds = 0;
  std::string_view document;
};

inline constexpr std::string_view kAdministratorAccessArn =
    "arn:aws:iam::aws:policy/AdministratorAccess";

std::span<const AwsManagedPolicy> AwsManagedPolicies();
// Null for every other ARN.
const AwsManagedPolicy* FindAwsManagedPolicy(std::string_view arn);

}  // namespace kmaas::policy
