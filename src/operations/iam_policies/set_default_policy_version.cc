// SetDefaultPolicyVersion: lets another version of a managed policy count.
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::SetDefaultPolicyVersionResponse> SetDefaultPolicyVersion(
    const iam::SetDefaultPolicyVersionRequest& request, AccountCall& call) {
  KM_CHECK(WriteManagedPolicy(
      call, request.policy_arn(), [&](records::ManagedPolicy& policy) -> Result<void> {
        for (const records::PolicyVersion& version : policy.versions) {
          if (version.id != request.version_id()) continue;
          policy.default_version = version.id;
          policy.updated = call.now();
          return {};
        }
        return NoSuchPolicyVersion(request.policy_arn(), request.version_id());
      }));
  return iam::SetDefaultPolicyVersionResponse();
}

}  // namespace kmaas::operations
