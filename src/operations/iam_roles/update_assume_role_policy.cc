// UpdateAssumeRolePolicy: replaces the trust policy of a role.
#include "operations/iam_common/documents.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::UpdateAssumeRolePolicyResponse> UpdateAssumeRolePolicy(
    const iam::UpdateAssumeRolePolicyRequest& request, AccountCall& call) {
  KM_TRY(const core::LastingPolicy trust,
         ReadTrustDocument(request.policy_document(), call.services().catalog));
  KM_CHECK(WriteEntity<records::Role>(call, request.role_name(),
                                      [&](records::Role& role, records::Changes& changes) {
                                        role.trust_policy = trust.document;
                                        return core::PutIndex(changes, trust.index);
                                      }));
  return iam::UpdateAssumeRolePolicyResponse();
}

}  // namespace kmaas::operations
