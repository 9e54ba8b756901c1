// The managed policies of AWS that kmaas knows: they exist in every account and nobody changes them.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace kmaas::policy {

struct AwsManagedPolicy {
  std::string_view arn;
  std::string_view name;
  std::string_view policy_id;
  std::string_view description;
  std::string_view document;
};

inline constexpr std::string_view kAdministratorAccessArn =
    "arn:aws:iam::aws:policy/AdministratorAccess";

std::span<const AwsManagedPolicy> AwsManagedPolicies();
// Nothing for the ARN of any other policy.
std::optional<std::string_view> AwsManagedDocument(std::string_view arn);

}  // namespace kmaas::policy
