// DeletePolicy: a managed policy that nothing uses and that has one version.
#include "operations/iam_common/deletion.h"
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::DeletePolicyResponse> DeletePolicy(const iam::DeletePolicyRequest& request,
                                               AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const records::ManagedPolicy policy,
           TakeManagedPolicy(changes, call.principal().account, request.policy_arn()));
    KM_TRY(const records::Page uses, changes.List<records::PolicyUse>(
                                         records::PolicyUsesPrefix(request.policy_arn()), "", 1));
    if (!uses.rows.empty()) return DeleteConflict("Cannot delete a policy attached to entities.");
    if (policy.versions.size() > 1) {
      return DeleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the "
          "policy's versions. The default version is deleted with the policy.");
    }
    return changes.Delete<records::ManagedPolicy>(
        records::ManagedPolicyRow(policy.account, policy.name));
  }));
  return iam::DeletePolicyResponse();
}

}  // namespace kmaas::operations
