// ListPolicyTags: the tags of a managed policy, in the order in which they were set.
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_common/messages.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListPolicyTagsResponse> ListPolicyTags(const iam::ListPolicyTagsRequest& request,
                                                   AccountCall& call) {
  KM_TRY(const auto policy, FindManagedPolicy(call, request.policy_arn()));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  iam::ListPolicyTagsResponse reply;
  ListItems(
      policy->tags, paging, [](const domain::Tag& tag) { return tag.key; },
      [&reply](const domain::Tag& tag) { Fill(tag, *reply.add_tags()); }, call, reply);
  return reply;
}

}  // namespace kmaas::operations
