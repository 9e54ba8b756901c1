// ListUsers: the users of the account, by name, below a path.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListUsersResponse> ListUsers(const iam::ListUsersRequest& request, AccountCall& call) {
  const std::string prefix = request.has_path_prefix() ? request.path_prefix() : "/";
  KM_CHECK(CheckPathPrefix(prefix));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  iam::ListUsersResponse reply;
  const auto add = [&](const records::User& user) -> Result<bool> {
    if (!user.path.starts_with(prefix)) return false;
    Fill(user, Detail::kListed, *reply.add_users());
    return true;
  };
  KM_CHECK(ListRows<records::User>(records::AccountPrefix(call.principal().account), paging, add,
                                   call, reply));
  return reply;
}

}  // namespace kmaas::operations
