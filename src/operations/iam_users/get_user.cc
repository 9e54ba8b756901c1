// GetUser: a user, or the caller when none is named.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::GetUserResponse> GetUser(const iam::GetUserRequest& request, AccountCall& call) {
  KM_TRY(const std::string name, NamedOrOwnUser(request, call));
  KM_TRY(const auto user, FindEntity<records::User>(call, name));
  iam::GetUserResponse reply;
  Fill(*user, Detail::kWhole, *reply.mutable_user());
  return reply;
}

}  // namespace kmaas::operations
