#include "keyservice/plan/key_policy.h"

#include "base/json_text.h"
#include "keyservice/elevation/tag_names.h"

namespace kmaas::keyservice {
namespace {

using Actions = std::vector<std::string>;

const Actions kRead = {"kms:DescribeKey",          "kms:GetKeyLastUsage",  "kms:GetKeyPolicy",
                       "kms:GetKeyRotationStatus", "kms:GetPublicKey",     "kms:ListGrants",
                       "kms:ListKeyPolicies",      "kms:ListKeyRotations", "kms:ListResourceTags"};
const Actions kManage = {"kms:CancelKeyDeletion", "kms:CreateAlias",         "kms:DeleteAlias",
                         "kms:EnableKey",         "kms:EnableKeyRotation",   "kms:RevokeGrant",
                         "kms:RotateKeyOnDemand", "kms:TagResource",         "kms:UntagResource",
                         "kms:UpdateAlias",       "kms:UpdateKeyDescription"};
const Actions kChange = {"kms:DisableKey", "kms:DisableKeyRotation", "kms:PutKeyPolicy"};
const Actions kDelete = {"kms:ScheduleKeyDeletion"};

Actions Joined(std::initializer_list<const Actions*> lists) {
  Actions all;
  for (const Actions* list : lists) all.insert(all.end(), list->begin(), list->end());
  return all;
}

Actions UseOf(const PolicyNames& names) {
  switch (names.usage) {
    case domain::KeyUsage::kEncryptDecrypt:
      if (domain::IsAsymmetric(names.spec)) {
        return {"kms:Decrypt",      "kms:DescribeKey",   "kms:Encrypt",
                "kms:GetPublicKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"};
      }
      return {"kms:Decrypt",
              "kms:DescribeKey",
              "kms:Encrypt",
              "kms:GenerateDataKey",
              "kms:GenerateDataKeyPair",
              "kms:GenerateDataKeyPairWithoutPlaintext",
              "kms:GenerateDataKeyWithoutPlaintext",
              "kms:ReEncryptFrom",
              "kms:ReEncryptTo"};
    case domain::KeyUsage::kSignVerify:
      return {"kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", "kms:Verify"};
    case domain::KeyUsage::kGenerateVerifyMac:
      return {"kms:DescribeKey", "kms:GenerateMac", "kms:VerifyMac"};
    case domain::KeyUsage::kKeyAgreement:
      return {"kms:DeriveSharedSecret", "kms:DescribeKey", "kms:GetPublicKey"};
  }
  return {};
}

void AppendList(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i != 0) out += ',';
    AppendJsonString(out, texts[i]);
  }
  out += ']';
}

struct Statement {
  std::string_view sid;
  const std::vector<std::string>& principals;
  Actions actions;
  std::string condition = {};  // JSON; empty: none
};

void AppendStatement(std::string& out, const Statement& statement) {
  if (statement.principals.empty()) return;
  out += out.back() == '[' ? "" : ",";
  out += "{\"Sid\":";
  AppendJsonString(out, statement.sid);
  out += ",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":";
  AppendList(out, statement.principals);
  out += "},\"Action\":";
  AppendList(out, statement.actions);
  out += ",\"Resource\":\"*\"";
  if (!statement.condition.empty()) out += ",\"Condition\":" + statement.condition;
  out += '}';
}

std::string FreshMfa(const ClassRules& rules) {
  return R"("Bool":{"aws:MultiFactorAuthPresent":"true"},)"
         R"("NumericLessThanEquals":{"aws:MultiFactorAuthAge":")" +
         std::to_string(rules.mfa_age_seconds_max) + "\"}";
}

std::string Elevated(const PolicyNames& names, const ClassRules& rules) {
  std::string condition = "{" + FreshMfa(rules) + ",\"StringEquals\":{";
  AppendJsonString(condition, "aws:PrincipalTag/" + std::string(kElevationEntityTag));
  condition += ':';
  AppendJsonString(condition, names.entity_code);
  condition += ',';
  AppendJsonString(condition, "aws:PrincipalTag/" + std::string(kElevationRoleTag));
  return condition + ":\"key-manager\"}}";
}

// What needs nobody else's consent, where the class wants no elevation.
Actions OfAdministrators(const ClassRules& rules) {
  if (rules.pam != PamLevel::kAccessOnly) return kRead;
  Actions actions = Joined({&kRead, &kManage});
  if (rules.approvals_change == 0) actions = Joined({&actions, &kChange});
  if (rules.approvals_delete == 0) actions = Joined({&actions, &kDelete});
  return actions;
}

}  // namespace

std::string KeyPolicy(const PolicyNames& names, const ClassRules& rules) {
  const std::vector<std::string> root = {"arn:aws:iam::" + std::string(names.account) + ":root"};
  std::string out = R"({"Version":"2012-10-17","Statement":[)";
  AppendStatement(out, {"AccountReads", root, kRead});
  AppendStatement(out, {"ElevatedKeyManagers", root, Joined({&kManage, &kChange, &kDelete}),
                        Elevated(names, rules)});
  AppendStatement(out, {"KeyAdministrators", names.administrators, OfAdministrators(rules),
                        "{" + FreshMfa(rules) + "}"});
  AppendStatement(out, {"KeyUsers", names.users, UseOf(names)});
  return out + "]}";
}

}  // namespace kmaas::keyservice
