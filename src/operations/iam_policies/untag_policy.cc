// UntagPolicy: removes tags by key; a key that is not there is no error.
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::UntagPolicyResponse> UntagPolicy(const iam::UntagPolicyRequest& request,
                                             AccountCall& call) {
  KM_CHECK(WriteManagedPolicy(call, request.policy_arn(), [&](records::ManagedPolicy& policy) {
    RemoveTags(request.tag_keys(), policy.tags);
    return Result<void>();
  }));
  return iam::UntagPolicyResponse();
}

}  // namespace kmaas::operations
