// CreateUser: a user without credentials and policies.
#include "domain/iam_names.h"
#include "identity/enrolment.h"
#include "operations/iam_common/boundaries.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/quotas.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::CreateUserResponse> CreateUser(const iam::CreateUserRequest& request,
                                           AccountCall& call) {
  records::User user;
  user.account = call.principal().account;
  user.name = request.user_name();
  user.path = request.has_path() ? request.path() : "/";
  KM_CHECK(CheckPath(user.path));
  KM_TRY(user.tags, ReadIamTags(request.tags()));
  user.user_id = identity::MakeEntityId(domain::kUserIdPrefix, call.services().random);
  user.created = call.now();
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_CHECK(RequireFree(changes, user));
    KM_CHECK(RequireRoom<records::User>(changes, user.account));
    if (request.has_permissions_boundary())
      KM_CHECK(SetBoundary(request.permissions_boundary(), user, changes));
    return changes.Put(user);
  }));
  iam::CreateUserResponse reply;
  Fill(user, Detail::kWhole, *reply.mutable_user());
  return reply;
}

}  // namespace kmaas::operations
