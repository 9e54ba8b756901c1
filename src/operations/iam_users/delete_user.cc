// DeleteUser: a user that has neither credentials, groups nor policies.
#include "operations/iam_common/access_keys.h"
#include "operations/iam_common/boundaries.h"
#include "operations/iam_common/deletion.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {
namespace {

Result<void> RequireBare(records::Changes& changes, const records::User& user) {
  KM_TRY(const std::size_t access_keys, CountAccessKeys(changes, user));
  if (access_keys != 0)
    return DeleteConflict("Cannot delete entity, must delete access keys first.");
  KM_TRY(const auto devices, DevicesOfUser(changes, user.account, user.name));
  if (!devices.empty())
    return DeleteConflict("Cannot delete entity, must deactivate MFA devices first.");
  if (!user.groups.empty())
    return DeleteConflict("Cannot delete entity, must remove users from group first.");
  return RequireNoPolicies(user.policies);
}

}  // namespace

Result<iam::DeleteUserResponse> DeleteUser(const iam::DeleteUserRequest& request,
                                           AccountCall& call) {
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(records::User user,
           TakeEntity<records::User>(changes, call.principal().account, request.user_name()));
    KM_CHECK(RequireBare(changes, user));
    KM_CHECK(RemoveBoundary(user, changes));
    KM_CHECK(changes.Delete<records::PrincipalArn>(user.user_id));
    return changes.Delete<records::User>(records::UserRow(user.account, user.name));
  }));
  return iam::DeleteUserResponse();
}

}  // namespace kmaas::operations
