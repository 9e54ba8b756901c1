// ListRoleTags: the tags of a role, in the order in which they were set.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListRoleTagsResponse> ListRoleTags(const iam::ListRoleTagsRequest& request,
                                               AccountCall& call) {
  KM_TRY(const auto role, FindEntity<records::Role>(call, request.role_name()));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  iam::ListRoleTagsResponse reply;
  ListItems(
      role->tags, paging, [](const domain::Tag& tag) { return tag.key; },
      [&reply](const domain::Tag& tag) { Fill(tag, *reply.add_tags()); }, call, reply);
  return reply;
}

}  // namespace kmaas::operations
