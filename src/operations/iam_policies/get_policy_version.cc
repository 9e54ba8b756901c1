// GetPolicyVersion: one version of a managed policy, with its document.
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::GetPolicyVersionResponse> GetPolicyVersion(const iam::GetPolicyVersionRequest& request,
                                                       AccountCall& call) {
  KM_TRY(const auto policy, FindManagedPolicy(call, request.policy_arn()));
  for (const records::PolicyVersion& version : policy->versions) {
    if (version.id != request.version_id()) continue;
    iam::GetPolicyVersionResponse reply;
    FillVersion(*policy, version, *reply.mutable_policy_version());
    reply.mutable_policy_version()->set_document(version.document);
    return reply;
  }
  return NoSuchPolicyVersion(request.policy_arn(), request.version_id());
}

}  // namespace kmaas::operations
