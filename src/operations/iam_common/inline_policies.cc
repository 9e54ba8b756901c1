#include "operations/iam_common/inline_policies.h"

namespace kmaas::operations {

Error NoSuchInlinePolicy(std::string_view kind, const std::string& name) {
  return NoSuchEntity("The " + std::string(kind) + " policy with name " + name +
                      " cannot be found.");
}

Result<void> CheckInlineSizes(const records::EntityPolicies& policies, std::size_t size_max,
                              std::string_view kind, const std::string& entity) {
  std::size_t size = 0;
  std::size_t bytes = 0;
  for (const records::InlinePolicy& policy : policies.inline_policies) {
    size += DocumentSize(policy.document);
    bytes += policy.document.size();
  }
  if (bytes > kInlineBytesMax) {
    return Error{ErrorCode::kLimitExceeded,
                 "The policies of " + std::string(kind) + " " + entity + " have more than " +
                     std::to_string(kInlineBytesMax) + " bytes with their white space."};
  }
  if (size <= size_max) return {};
  return Error{ErrorCode::kLimitExceeded, "Maximum policy size of " + std::to_string(size_max) +
                                              " bytes exceeded for " + std::string(kind) + " " +
                                              entity};
}

void PutInline(records::InlinePolicy policy, records::EntityPolicies& policies) {
  auto& all = policies.inline_policies;
  const auto at = std::lower_bound(
      all.begin(), all.end(), policy.name,
      [](const records::InlinePolicy& one, const std::string& name) { return one.name < name; });
  if (at != all.end() && at->name == policy.name) {
    *at = std::move(policy);
  } else {
    all.insert(at, std::move(policy));
  }
}

}  // namespace kmaas::operations
