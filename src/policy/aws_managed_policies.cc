#include "policy/aws_managed_policies.h"

#include <algorithm>
#include <array>

namespace kmaas::policy {
namespace {

constexpr std::string_view kAdministratorAccess =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";

constexpr std::string_view kPowerUser =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kms:CreateAlias",)"
    R"("kms:CreateKey","kms:DeleteAlias","kms:Describe*","kms:GenerateRandom","kms:Get*",)"
    R"("kms:List*","kms:TagResource","kms:UntagResource","iam:ListGroups","iam:ListRoles",)"
    R"("iam:ListUsers"],"Resource":"*"}]})";

// Sources: AWS managed policy reference guide; KMS developer guide, "AWS managed policies".
constexpr std::array<AwsManagedPolicy, 2> kPolicies{{
    {kAdministratorAccessArn, "AdministratorAccess", "/", "ANPAIWMBCKSKIEE64ZLYK",
     "Provides full access to AWS services and resources.", "v1", 1423247986, 1423247986,
     kAdministratorAccess},
    {"arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser", "AWSKeyManagementServicePowerUser",
     "/", "ANPAJNPP7PPPPMJRV2SA4", "Provides access to AWS Key Management Service (KMS).", "v2",
     1423248040, 1488848111, kPowerUser},
}};

}  // namespace

std::span<const AwsManagedPolicy> AwsManagedPolicies() { return kPolicies; }

const AwsManagedPolicy* FindAwsManagedPolicy(std::string_view arn) {
  const auto* found = std::find_if(kPolicies.begin(), kPolicies.end(),
                                   [arn](const AwsManagedPolicy& one) { return one.arn == arn; });
  return found == kPolicies.end() ? nullptr : found;
}

}  // namespace kmaas::policy
