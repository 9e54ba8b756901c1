#include "operations/sts_handlers.h"

namespace kmaas::operations {

// Needs no permission: a policy could not hide from anybody who he is.
Result<sts::GetCallerIdentityResponse> GetCallerIdentity(
    const sts::GetCallerIdentityRequest& /*request*/, AccountCall& call) {
  const domain::Principal& who = call.principal();
  sts::GetCallerIdentityResponse response;
  response.set_user_id(who.user_id);
  response.set_account(who.account);
  response.set_arn(who.arn);
  return response;
}

}  // namespace kmaas::operations
