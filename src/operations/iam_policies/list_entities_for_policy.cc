// ListEntitiesForPolicy: the users, groups and roles of the account that a policy is attached to or
// bounds.
#include "operations/iam_common/attachments.h"
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"
#include "records/find_by_arn.h"

namespace kmaas::operations {
namespace {

// "User" of "arn:aws:iam::111122223333:user/path/name", as the filter has it.
std::string_view KindInArn(std::string_view arn) {
  const std::size_t slash = arn.find('/');
  const std::string_view before = arn.substr(0, slash);
  const std::string_view kind = before.substr(before.rfind(':') + 1);
  if (kind == "user") return "User";
  return kind == "group" ? "Group" : "Role";
}

Result<std::vector<std::string>> EntitiesOf(const iam::ListEntitiesForPolicyRequest& request,
                                            const core::Call& call) {
  const std::string prefix = request.has_path_prefix() ? request.path_prefix() : "/";
  KM_CHECK(CheckPathPrefix(prefix));
  std::vector<std::string> arns;
  for (const bool as_boundary : {false, true}) {
    const std::string_view usage = as_boundary ? "PermissionsBoundary" : "PermissionsPolicy";
    if (request.has_policy_usage_filter() && request.policy_usage_filter() != usage) continue;
    KM_TRY(const auto uses, UsesOf(call, request.policy_arn(), as_boundary));
    for (const records::PolicyUse& use : uses) {
      const bool fits =
          !request.has_entity_filter() || request.entity_filter() == KindInArn(use.entity_arn);
      const bool known = std::find(arns.begin(), arns.end(), use.entity_arn) != arns.end();
      if (fits && !known && domain::PathInArn(use.entity_arn).starts_with(prefix))
        arns.push_back(use.entity_arn);
    }
  }
  return arns;
}

// What goes between two reads is left out.
Result<void> AddEntity(const core::Call& call, const std::string& arn,
                       iam::ListEntitiesForPolicyResponse& reply) {
  records::Catalog& catalog = call.services().catalog;
  if (KindInArn(arn) == "User") {
    KM_TRY(const auto user, records::FindByArn<records::User>(catalog, arn));
    if (user == nullptr) return {};
    iam::PolicyUser& listed = *reply.add_policy_users();
    listed.set_user_name(user->name);
    listed.set_user_id(user->user_id);
  } else if (KindInArn(arn) == "Group") {
    KM_TRY(const auto group, records::FindByArn<records::Group>(catalog, arn));
    if (group == nullptr) return {};
    iam::PolicyGroup& listed = *reply.add_policy_groups();
    listed.set_group_name(group->name);
    listed.set_group_id(group->group_id);
  } else {
    KM_TRY(const auto role, records::FindByArn<records::Role>(catalog, arn));
    if (role == nullptr) return {};
    iam::PolicyRole& listed = *reply.add_policy_roles();
    listed.set_role_name(role->name);
    listed.set_role_id(role->role_id);
  }
  return {};
}

}  // namespace

Result<iam::ListEntitiesForPolicyResponse> ListEntitiesForPolicy(
    const iam::ListEntitiesForPolicyRequest& request, AccountCall& call) {
  KM_CHECK(FindManagedPolicy(call, request.policy_arn()));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  KM_TRY(const std::vector<std::string> arns, EntitiesOf(request, call));
  std::vector<std::string> page;
  iam::ListEntitiesForPolicyResponse reply;
  ListItems(
      arns, paging, [](const std::string& arn) { return arn; },
      [&page](const std::string& arn) { page.push_back(arn); }, call, reply);
  for (const std::string& arn : page) KM_CHECK(AddEntity(call, arn, reply));
  return reply;
}

}  // namespace kmaas::operations
