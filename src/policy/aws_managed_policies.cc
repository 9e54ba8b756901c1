#include "policy/aws_managed_policies.h"

#include <array>

namespace kmaas::policy {
namespace {

// Names, ids and documents are AWS's (AWS managed policy reference).
constexpr std::array kPolicies = {
    AwsManagedPolicy{kAdministratorAccessArn, "AdministratorAccess", "ANPAIWMBCKSKIEE64ZLYK",
                     "Provides full access to AWS services and resources.",
                     R"({"Version":"2012-10-17","Statement":[)"
                     R"({"Effect":"Allow","Action":"*","Resource":"*"}]})"},
};

}  // namespace

std::span<const AwsManagedPolicy> AwsManagedPolicies() { return kPolicies; }

std::optional<std::string_view> AwsManagedDocument(std::string_view arn) {
  for (const AwsManagedPolicy& policy : kPolicies) {
    if (policy.arn == arn) return policy.document;
  }
  return std::nullopt;
}

}  // namespace kmaas::policy
