#include "policy/grant_match.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/ids.h"
#include "domain/principal_names.h"
#include "policy/ascii_case.h"

namespace kmaas::policy {
namespace {

constexpr std::string_view kActionPrefix = "kms:";

struct OperationRow {
  std::string_view name;
  bool has_context;  // takes an encryption context
};

// AWS KMS API, CreateGrant, "Operations".
constexpr auto kOperations = std::to_array<OperationRow>({
    {"CreateGrant", false},
    {"Decapsulate", false},
    {"Decrypt", true},
    {"DeriveSharedSecret", false},
    {"DescribeKey", false},
    {"Encapsulate", false},
    {"Encrypt", true},
    {"GenerateDataKey", true},
    {"GenerateDataKeyPair", true},
    {"GenerateDataKeyPairWithoutPlaintext", true},
    {"GenerateDataKeyWithoutPlaintext", true},
    {"GenerateMac", false},
    {"GetPublicKey", false},
    {"ReEncryptFrom", true},
    {"ReEncryptTo", true},
    {"RetireGrant", false},
    {"Sign", false},
    {"Verify", false},
    {"VerifyMac", false},
});

const OperationRow* FindOperation(std::string_view action) {
  if (!action.starts_with(kActionPrefix)) return nullptr;
  action.remove_prefix(kActionPrefix.size());
  const auto* row = std::find_if(kOperations.begin(), kOperations.end(),
                                 [&](const OperationRow& one) { return one.name == action; });
  return row == kOperations.end() ? nullptr : row;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Sorted. In a constraint, keys are compared without regard to case and values with it (AWS KMS
// API, GrantConstraints).
Pairs Folded(const std::map<std::string, std::string>& context) {
  Pairs pairs;
  for (const auto& [key, value] : context) pairs.emplace_back(LowerAscii(key), value);
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

bool ContextFits(const domain::GrantConstraints& constraints,
                 const domain::EncryptionContext& context) {
  if (constraints.context_equals.empty() && constraints.context_subset.empty()) return true;
  const Pairs have = Folded(context);
  if (!constraints.context_equals.empty() && Folded(constraints.context_equals) != have)
    return false;
  const Pairs wanted = Folded(constraints.context_subset);
  return std::includes(have.begin(), have.end(), wanted.begin(), wanted.end());
}

// Exactly: the constraint names one resource.
bool SourceFits(const std::string& source_arn, const ConditionContext& context) {
  if (source_arn.empty()) return true;
  static const ConditionKey key = *ConditionKey::Parse(NameOf(KnownKey::kSourceArn));
  std::vector<std::string_view> values;
  return context.Values(key, values) && values.size() == 1 && values.front() == source_arn;
}

bool IsRootOf(std::string_view arn, std::string_view account) {
  constexpr std::string_view kRoot = ":root";
  return arn.ends_with(kRoot) && arn == domain::RootArn(account);
}

}  // namespace

PrincipalMatch MatchGrantee(const domain::Grant& grant, const domain::Principal& caller) {
  const bool is_service = caller.type == domain::PrincipalType::kService;
  if (is_service != grant.grantee_is_service || grant.grantee.empty()) return PrincipalMatch::kNone;
  if (domain::NamesCaller(grant.grantee, caller)) return PrincipalMatch::kExact;
  if (is_service) return PrincipalMatch::kNone;
  if (domain::NamesRoleOf(grant.grantee, caller)) return PrincipalMatch::kRole;
  if (!IsRootOf(grant.grantee, caller.account)) return PrincipalMatch::kNone;
  return caller.type == domain::PrincipalType::kRoot ? PrincipalMatch::kExact
                                                     : PrincipalMatch::kAccount;
}

bool GrantCovers(const domain::Grant& grant, const Question& question) {
  const OperationRow* operation = FindOperation(question.action);
  if (operation == nullptr) return false;
  if (std::find(grant.operations.begin(), grant.operations.end(), operation->name) ==
      grant.operations.end()) {
    return false;
  }
  // AWS KMS API, GrantConstraints: SourceArn does not apply to RetireGrant.
  if (operation->name != "RetireGrant" &&
      !SourceFits(grant.constraints.source_arn, question.context)) {
    return false;
  }
  if (!operation->has_context) return true;
  static const domain::EncryptionContext none;
  return ContextFits(grant.constraints,
                     question.encryption_context != nullptr ? *question.encryption_context : none);
}

}  // namespace kmaas::policy
