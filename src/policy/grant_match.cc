#include "policy/grant_match.h"

#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/principal_names.h"

namespace kmaas::policy {
namespace {

constexpr std::string_view kActionPrefix = "kms:";

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
  if (!question.action.starts_with(kActionPrefix)) return false;
  const std::string_view operation = question.action.substr(kActionPrefix.size());
  if (!domain::Carries(grant, operation)) return false;
  // AWS KMS API, GrantConstraints: SourceArn does not apply to RetireGrant.
  if (operation != "RetireGrant" && !SourceFits(grant.constraints.source_arn, question.context))
    return false;
  static const domain::EncryptionContext none;
  return domain::AllowsContext(
      grant, operation,
      question.encryption_context != nullptr ? *question.encryption_context : none);
}

}  // namespace kmaas::policy
