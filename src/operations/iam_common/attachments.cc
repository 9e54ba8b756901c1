#include "operations/iam_common/attachments.h"

#include "domain/entity_arn.h"

namespace kmaas::operations {

Error TooManyAttached(std::string_view kind) {
  std::string quota(kind);
  quota.front() = static_cast<char>(quota.front() - 'a' + 'A');
  return {ErrorCode::kLimitExceeded, "Cannot exceed quota for PoliciesPer" + quota + ": " +
                                         std::to_string(kAttachedPoliciesMax)};
}

Result<std::vector<std::string>> AttachedBelow(const records::EntityPolicies& policies,
                                               const std::string& path_prefix) {
  KM_CHECK(CheckPathPrefix(path_prefix));
  std::vector<std::string> arns;
  for (const std::string& arn : policies.attached) {
    if (domain::PathInArn(arn).starts_with(path_prefix)) arns.push_back(arn);
  }
  return arns;
}

}  // namespace kmaas::operations
