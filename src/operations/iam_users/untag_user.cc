// UntagUser: removes tags by key; a key that is not there is no error.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::UntagUserResponse> UntagUser(const iam::UntagUserRequest& request, AccountCall& call) {
  KM_CHECK(WriteEntity<records::User>(call, request.user_name(),
                                      [&](records::User& user, records::Changes& /*changes*/) {
                                        RemoveTags(request.tag_keys(), user.tags);
                                        return Result<void>();
                                      }));
  return iam::UntagUserResponse();
}

}  // namespace kmaas::operations
