// CreatePolicyVersion: a further version of a managed policy.
#include "operations/iam_common/documents.h"
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::CreatePolicyVersionResponse> CreatePolicyVersion(
    const iam::CreatePolicyVersionRequest& request, AccountCall& call) {
  KM_CHECK(CheckManagedDocument(request.policy_document()));
  iam::CreatePolicyVersionResponse reply;
  KM_CHECK(WriteManagedPolicy(
      call, request.policy_arn(), [&](records::ManagedPolicy& policy) -> Result<void> {
        if (policy.versions.size() >= kPolicyVersionsMax) {
          return Error{ErrorCode::kLimitExceeded,
                       "A managed policy can have up to 5 versions. Before you create a new "
                       "version, you must delete an existing version."};
        }
        AddVersion(request.policy_document(), call.now(), policy);
        if (request.set_as_default()) policy.default_version = policy.versions.back().id;
        FillVersion(policy, policy.versions.back(), *reply.mutable_policy_version());
        return {};
      }));
  return reply;
}

}  // namespace kmaas::operations
