#include "operations/grants/narrowing.h"

namespace kmaas::operations {

Result<void> CheckNarrowing(const domain::Grant& grant, const domain::Grant* parent,
                            const domain::Principal& caller) {
  if (parent == nullptr || domain::IsNarrowerThan(grant, *parent)) return {};
  return Error{ErrorCode::kAccessDenied,
               "User: " + caller.arn +
                   " is not authorized to perform: kms:CreateGrant on resource: " +
                   domain::KeyArn(grant.region, grant.account, grant.key_id) +
                   " because the grant that allows it permits only grants with its own operations "
                   "and with equal or stricter constraints"};
}

}  // namespace kmaas::operations
