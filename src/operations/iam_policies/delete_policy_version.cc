// DeletePolicyVersion: removes a version that does not count.
#include "operations/iam_common/deletion.h"
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeletePolicyVersionResponse> DeletePolicyVersion(
    const iam::DeletePolicyVersionRequest& request, AccountCall& call) {
  KM_CHECK(WriteManagedPolicy(
      call, request.policy_arn(), [&](records::ManagedPolicy& policy) -> Result<void> {
        if (request.version_id() == policy.default_version)
          return DeleteConflict("Cannot delete the default version of a policy.");
        const auto erased =
            std::erase_if(policy.versions, [&](const records::PolicyVersion& version) {
              return version.id == request.version_id();
            });
        if (erased != 0) return {};
        return NoSuchPolicyVersion(request.policy_arn(), request.version_id());
      }));
  return iam::DeletePolicyVersionResponse();
}

}  // namespace kmaas::operations
