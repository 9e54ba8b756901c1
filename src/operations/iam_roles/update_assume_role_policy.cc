// UpdateAssumeRolePolicy: replaces the trust policy of a role.
#include "operations/iam_common/documents.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::UpdateAssumeRolePolicyResponse> UpdateAssumeRolePolicy(
    const iam::UpdateAssumeRolePolicyRequest& request, AccountCall& call) {
  KM_CHECK(CheckTrustDocument(request.policy_document()));
  KM_CHECK(WriteEntity<records::Role>(call, request.role_name(),
                                      [&](records::Role& role, records::Changes& /*changes*/) {
                                        role.trust_policy = request.policy_document();
                                        return Result<void>();
                                      }));
  return iam::UpdateAssumeRolePolicyResponse();
}

}  // namespace kmaas::operations
