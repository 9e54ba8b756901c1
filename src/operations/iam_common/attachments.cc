#include "operations/iam_common/attachments.h"

namespace kmaas::operations {

Error TooManyAttached(std::string_view kind) {
  std::string quota(kind);
  quota.front() = static_cast<char>(quota.front() - 'a' + 'A');
  return {ErrorCode::kLimitExceeded, "Cannot exceed quota for PoliciesPer" + quota + ": " +
                                         std::to_string(kAttachedPoliciesMax)};
}

std::string NameInArn(std::string_view arn) { return std::string(arn.substr(arn.rfind('/') + 1)); }

std::string PathInArn(std::string_view arn) {
  const std::size_t first = arn.find('/');
  if (first == std::string_view::npos) return "/";
  return std::string(arn.substr(first, arn.rfind('/') - first + 1));
}

Result<std::vector<std::string>> AttachedBelow(const records::EntityPolicies& policies,
                                               const std::string& path_prefix) {
  KM_CHECK(CheckPathPrefix(path_prefix));
  std::vector<std::string> arns;
  for (const std::string& arn : policies.attached) {
    if (PathInArn(arn).starts_with(path_prefix)) arns.push_back(arn);
  }
  return arns;
}

}  // namespace kmaas::operations
