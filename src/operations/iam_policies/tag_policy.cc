// TagPolicy: adds tags to a managed policy or replaces those that it has.
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::TagPolicyResponse> TagPolicy(const iam::TagPolicyRequest& request, AccountCall& call) {
  KM_TRY(const std::vector<domain::Tag> added, ReadIamTags(request.tags()));
  KM_CHECK(WriteManagedPolicy(call, request.policy_arn(), [&](records::ManagedPolicy& policy) {
    return MergeTags(added, policy.tags);
  }));
  return iam::TagPolicyResponse();
}

}  // namespace kmaas::operations
