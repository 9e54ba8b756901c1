// ListPolicyVersions: the versions of a managed policy, the newest first, without their documents.
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListPolicyVersionsResponse> ListPolicyVersions(
    const iam::ListPolicyVersionsRequest& request, AccountCall& call) {
  KM_TRY(const auto policy, FindManagedPolicy(call, request.policy_arn()));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  std::vector<records::PolicyVersion> newest_first(policy->versions.rbegin(),
                                                   policy->versions.rend());
  iam::ListPolicyVersionsResponse reply;
  ListItems(
      newest_first, paging, [](const records::PolicyVersion& version) { return version.id; },
      [&](const records::PolicyVersion& version) {
        FillVersion(*policy, version, *reply.add_versions());
      },
      call, reply);
  return reply;
}

}  // namespace kmaas::operations
