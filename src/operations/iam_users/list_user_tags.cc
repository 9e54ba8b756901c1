// ListUserTags: the tags of a user, in the order in which they were set.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListUserTagsResponse> ListUserTags(const iam::ListUserTagsRequest& request,
                                               AccountCall& call) {
  KM_TRY(const auto user, FindEntity<records::User>(call, request.user_name()));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  iam::ListUserTagsResponse reply;
  ListItems(
      user->tags, paging, [](const domain::Tag& tag) { return tag.key; },
      [&reply](const domain::Tag& tag) { Fill(tag, *reply.add_tags()); }, call, reply);
  return reply;
}

}  // namespace kmaas::operations
