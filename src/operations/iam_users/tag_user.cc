// TagUser: adds tags to a user or replaces those that it has.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::TagUserResponse> TagUser(const iam::TagUserRequest& request, AccountCall& call) {
  KM_TRY(const std::vector<domain::Tag> added, ReadIamTags(request.tags()));
  KM_CHECK(WriteEntity<records::User>(call, request.user_name(),
                                      [&](records::User& user, records::Changes& /*changes*/) {
                                        return MergeTags(added, user.tags);
                                      }));
  return iam::TagUserResponse();
}

}  // namespace kmaas::operations
