// ListPolicies: the policies of the account, AWS's that kmaas knows, or both.
#include "operations/iam_common/entities.h"
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

Result<std::vector<records::ManagedPolicy>> PoliciesInScope(const core::Call& call,
                                                            std::string_view scope) {
  std::vector<records::ManagedPolicy> policies;
  if (scope != "Local") {
    for (const policy::AwsManagedPolicy& known : policy::AwsManagedPolicies())
      policies.push_back(AsRecord(known));
  }
  if (scope == "AWS") return policies;
  KM_CHECK(records::ForEachRow<records::ManagedPolicy>(
      call.services().catalog, records::AccountPrefix(call.principal().account),
      [&](records::ManagedPolicy policy) { policies.push_back(std::move(policy)); }));
  return policies;
}

bool IsListed(const iam::ListPoliciesRequest& request, const iam::Policy& policy) {
  const bool is_attached = policy.attachment_count() > 0;
  const bool is_boundary = policy.permissions_boundary_usage_count() > 0;
  if (!policy.path().starts_with(request.has_path_prefix() ? request.path_prefix() : "/"))
    return false;
  if (request.policy_usage_filter() == "PermissionsPolicy" && !is_attached) return false;
  if (request.policy_usage_filter() == "PermissionsBoundary" && !is_boundary) return false;
  return !request.only_attached() || is_attached || is_boundary;
}

}  // namespace

Result<iam::ListPoliciesResponse> ListPolicies(const iam::ListPoliciesRequest& request,
                                               AccountCall& call) {
  if (request.has_path_prefix()) KM_CHECK(CheckPathPrefix(request.path_prefix()));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  KM_TRY(const auto policies, PoliciesInScope(call, request.has_scope() ? request.scope() : "All"));
  std::vector<iam::Policy> listed;
  for (const records::ManagedPolicy& policy : policies) {
    iam::Policy message;
    KM_CHECK(FillPolicy(call, policy, PolicyDetail::kListed, message));
    if (IsListed(request, message)) listed.push_back(std::move(message));
  }
  iam::ListPoliciesResponse reply;
  ListItems(
      listed, paging, [](const iam::Policy& policy) { return policy.arn(); },
      [&reply](const iam::Policy& policy) { *reply.add_policies() = policy; }, call, reply);
  return reply;
}

}  // namespace kmaas::operations
