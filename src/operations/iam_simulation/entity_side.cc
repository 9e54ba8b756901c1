#include "operations/iam_simulation/entity_side.h"

#include "operations/iam_common/attachments.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/managed_policies.h"

namespace kmaas::operations {
namespace {

Error NoSuchSource(const std::string& arn) {
  return NoSuchEntity("The policy source " + arn + " cannot be found.");
}

Result<policy::NamedPolicy> CompileManaged(const core::Call& call, const std::string& arn) {
  KM_TRY(const auto managed, FindManagedPolicy(call, arn));
  for (const records::PolicyVersion& version : managed->versions) {
    if (version.id != managed->default_version) continue;
    KM_TRY(auto compiled, policy::Policy::Compile(version.document, policy::PolicyKind::kIdentity));
    return policy::NamedPolicy{managed->name, std::move(compiled)};
  }
  return Error{ErrorCode::kKmsInternal, "", "policy " + arn + " has no default version"};
}

// AWS's source ids: "user_alice_policyname" for inline policies, the name for managed ones.
Result<void> AddPolicies(const core::Call& call, const records::EntityPolicies& policies,
                         const std::string& source, policy::IdentitySide& side) {
  for (const records::InlinePolicy& one : policies.inline_policies) {
    KM_TRY(auto compiled, policy::Policy::Compile(one.document, policy::PolicyKind::kIdentity));
    side.policies.push_back({source + "_" + one.name, std::move(compiled)});
  }
  for (const std::string& arn : policies.attached) {
    KM_TRY(auto named, CompileManaged(call, arn));
    side.policies.push_back(std::move(named));
  }
  return {};
}

Result<void> SetBoundaryOf(const core::Call& call, const std::string& arn,
                           policy::IdentitySide& side) {
  if (arn.empty()) return {};
  KM_TRY(side.boundary, CompileManaged(call, arn));
  return {};
}

Result<void> LoadUser(const core::Call& call, const records::User& user, Simulation& simulation) {
  policy::IdentitySide& side = simulation.identity;
  KM_CHECK(AddPolicies(call, user.policies, "user_" + user.name, side));
  for (const std::string& name : user.groups) {
    KM_TRY(const auto group, FindEntity<records::Group>(call, name));
    KM_CHECK(AddPolicies(call, group->policies, "group_" + name, side));
  }
  simulation.caller.account = user.account;
  simulation.caller.arn = user.arn();
  simulation.caller.user_id = user.user_id;
  simulation.caller.user_name = user.name;
  return SetBoundaryOf(call, user.permissions_boundary, side);
}

}  // namespace

Result<void> LoadEntity(const core::Call& call, const std::string& arn, Simulation& simulation) {
  const std::string& account = call.principal().account;
  const std::string prefix = "arn:aws:iam::" + account + ":";
  const std::string name = NameInArn(arn);
  simulation.caller.account = account;
  simulation.caller.arn = arn;
  if (arn.starts_with(prefix + "user/")) {
    KM_TRY(const auto user, FindEntity<records::User>(call, name));
    return user->arn() == arn ? LoadUser(call, *user, simulation) : NoSuchSource(arn);
  }
  if (arn.starts_with(prefix + "group/")) {
    KM_TRY(const auto group, FindEntity<records::Group>(call, name));
    if (group->arn() != arn) return NoSuchSource(arn);
    return AddPolicies(call, group->policies, "group_" + name, simulation.identity);
  }
  if (!arn.starts_with(prefix + "role/")) return NoSuchSource(arn);
  KM_TRY(const auto role, FindEntity<records::Role>(call, name));
  if (role->arn() != arn) return NoSuchSource(arn);
  KM_CHECK(AddPolicies(call, role->policies, "role_" + name, simulation.identity));
  return SetBoundaryOf(call, role->permissions_boundary, simulation.identity);
}

}  // namespace kmaas::operations
