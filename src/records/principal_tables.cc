// The rows of users, groups, roles and managed policies.
#include "kmaas/records/v1/records.pb.h"
#include "records/row_keys.h"
#include "records/row_parse.h"
#include "records/tables.h"

namespace kmaas::records {
namespace {

namespace pb = ::kmaas::records::v1;
namespace rpb = ::google::protobuf;

void Fill(const std::vector<domain::Tag>& tags, rpb::RepeatedPtrField<pb::Tag>& rows) {
  for (const domain::Tag& tag : tags) {
    pb::Tag* row = rows.Add();
    row->set_key(tag.key);
    row->set_value(tag.value);
  }
}

std::vector<domain::Tag> TagsOf(const rpb::RepeatedPtrField<pb::Tag>& rows) {
  std::vector<domain::Tag> tags;
  for (const pb::Tag& row : rows) tags.push_back({row.key(), row.value()});
  return tags;
}

void Fill(const EntityPolicies& policies, pb::EntityPolicies& row) {
  for (const InlinePolicy& one : policies.inline_policies) {
    pb::InlinePolicy* added = row.add_inline_policies();
    added->set_name(one.name);
    added->set_document(one.document);
  }
  for (const std::string& arn : policies.attached) row.add_attached(arn);
}

EntityPolicies PoliciesOf(const pb::EntityPolicies& row) {
  EntityPolicies policies;
  for (const pb::InlinePolicy& one : row.inline_policies())
    policies.inline_policies.push_back({one.name(), one.document()});
  policies.attached.assign(row.attached().begin(), row.attached().end());
  return policies;
}

// The members that all entities of IAM have.
template <class Entity, class Row>
void FillEntity(const Entity& entity, Row& row) {
  row.set_account(entity.account);
  row.set_name(entity.name);
  row.set_path(entity.path);
  row.set_created_ms(ToEpochMillis(entity.created));
}

template <class Entity, class Row>
Entity EntityOf(const Row& row) {
  Entity entity;
  entity.account = row.account();
  entity.name = row.name();
  entity.path = row.path();
  entity.created = FromEpochMillis(row.created_ms());
  return entity;
}

}  // namespace

std::string Table<User>::RowKey(const User& user) { return UserRow(user.account, user.name); }
std::string Table<User>::Encode(const User& user) {
  pb::User row;
  FillEntity(user, row);
  row.set_user_id(user.user_id);
  Fill(user.policies, *row.mutable_policies());
  for (const std::string& group : user.groups) row.add_groups(group);
  row.set_permissions_boundary(user.permissions_boundary);
  Fill(user.tags, *row.mutable_tags());
  return row.SerializeAsString();
}
Result<User> Table<User>::Decode(std::string_view bytes) {
  KM_TRY(const pb::User row, Parse<pb::User>(kName, bytes));
  User user = EntityOf<User>(row);
  user.user_id = row.user_id();
  user.policies = PoliciesOf(row.policies());
  user.groups.assign(row.groups().begin(), row.groups().end());
  user.permissions_boundary = row.permissions_boundary();
  user.tags = TagsOf(row.tags());
  return user;
}

std::string Table<Group>::RowKey(const Group& group) { return GroupRow(group.account, group.name); }
std::string Table<Group>::Encode(const Group& group) {
  pb::Group row;
  FillEntity(group, row);
  row.set_group_id(group.group_id);
  Fill(group.policies, *row.mutable_policies());
  return row.SerializeAsString();
}
Result<Group> Table<Group>::Decode(std::string_view bytes) {
  KM_TRY(const pb::Group row, Parse<pb::Group>(kName, bytes));
  Group group = EntityOf<Group>(row);
  group.group_id = row.group_id();
  group.policies = PoliciesOf(row.policies());
  return group;
}

std::string Table<Role>::RowKey(const Role& role) { return RoleRow(role.account, role.name); }
std::string Table<Role>::Encode(const Role& role) {
  pb::Role row;
  FillEntity(role, row);
  row.set_role_id(role.role_id);
  Fill(role.policies, *row.mutable_policies());
  row.set_trust_policy(role.trust_policy);
  row.set_description(role.description);
  row.set_permissions_boundary(role.permissions_boundary);
  row.set_session_seconds_max(role.session_seconds_max);
  Fill(role.tags, *row.mutable_tags());
  return row.SerializeAsString();
}
Result<Role> Table<Role>::Decode(std::string_view bytes) {
  KM_TRY(const pb::Role row, Parse<pb::Role>(kName, bytes));
  Role role = EntityOf<Role>(row);
  role.role_id = row.role_id();
  role.policies = PoliciesOf(row.policies());
  role.trust_policy = row.trust_policy();
  role.description = row.description();
  role.permissions_boundary = row.permissions_boundary();
  role.session_seconds_max = row.session_seconds_max();
  role.tags = TagsOf(row.tags());
  return role;
}

std::string Table<ManagedPolicy>::RowKey(const ManagedPolicy& policy) {
  return ManagedPolicyRow(policy.account, policy.name);
}
std::string Table<ManagedPolicy>::Encode(const ManagedPolicy& policy) {
  pb::ManagedPolicy row;
  FillEntity(policy, row);
  row.set_policy_id(policy.policy_id);
  row.set_description(policy.description);
  row.set_updated_ms(ToEpochMillis(policy.updated));
  for (const PolicyVersion& version : policy.versions) {
    pb::PolicyVersion* added = row.add_versions();
    added->set_id(version.id);
    added->set_document(version.document);
    added->set_created_ms(ToEpochMillis(version.created));
  }
  row.set_default_version(policy.default_version);
  row.set_versions_made(policy.versions_made);
  Fill(policy.tags, *row.mutable_tags());
  return row.SerializeAsString();
}
Result<ManagedPolicy> Table<ManagedPolicy>::Decode(std::string_view bytes) {
  KM_TRY(const pb::ManagedPolicy row, Parse<pb::ManagedPolicy>(kName, bytes));
  ManagedPolicy policy = EntityOf<ManagedPolicy>(row);
  policy.policy_id = row.policy_id();
  policy.description = row.description();
  policy.updated = FromEpochMillis(row.updated_ms());
  for (const pb::PolicyVersion& version : row.versions())
    policy.versions.push_back(
        {version.id(), version.document(), FromEpochMillis(version.created_ms())});
  policy.default_version = row.default_version();
  policy.versions_made = row.versions_made();
  policy.tags = TagsOf(row.tags());
  return policy;
}

std::string Table<MfaDevice>::RowKey(const MfaDevice& device) {
  return MfaDeviceRow(device.account, device.name);
}
std::string Table<MfaDevice>::Encode(const MfaDevice& device) {
  pb::MfaDevice row;
  FillEntity(device, row);
  row.set_user_name(device.user_name);
  row.set_sealed_seed(ToString(device.sealed_seed));
  row.set_enabled_ms(ToEpochMillis(device.enabled));
  row.set_last_step(device.last_step);
  row.set_failures(device.failures);
  row.set_locked_until_ms(ToEpochMillis(device.locked_until));
  Fill(device.tags, *row.mutable_tags());
  return row.SerializeAsString();
}
Result<MfaDevice> Table<MfaDevice>::Decode(std::string_view bytes) {
  KM_TRY(const pb::MfaDevice row, Parse<pb::MfaDevice>(kName, bytes));
  MfaDevice device = EntityOf<MfaDevice>(row);
  device.user_name = row.user_name();
  device.sealed_seed = ToBytes(AsBytes(row.sealed_seed()));
  device.enabled = FromEpochMillis(row.enabled_ms());
  device.last_step = row.last_step();
  device.failures = row.failures();
  device.locked_until = FromEpochMillis(row.locked_until_ms());
  device.tags = TagsOf(row.tags());
  return device;
}

std::string Table<AccessKeyUse>::RowKey(const AccessKeyUse& use) { return use.id; }
std::string Table<AccessKeyUse>::Encode(const AccessKeyUse& use) {
  pb::AccessKeyUse row;
  row.set_id(use.id);
  row.set_used_ms(ToEpochMillis(use.used));
  row.set_service(use.service);
  row.set_region(use.region);
  return row.SerializeAsString();
}
Result<AccessKeyUse> Table<AccessKeyUse>::Decode(std::string_view bytes) {
  KM_TRY(const pb::AccessKeyUse row, Parse<pb::AccessKeyUse>(kName, bytes));
  return AccessKeyUse{row.id(), FromEpochMillis(row.used_ms()), row.service(), row.region()};
}

std::string Table<GroupMember>::RowKey(const GroupMember& member) {
  return GroupMembersPrefix(member.account, member.group_name) + FoldedName(member.user_name);
}
std::string Table<GroupMember>::Encode(const GroupMember& member) {
  pb::GroupMember row;
  row.set_account(member.account);
  row.set_group_name(member.group_name);
  row.set_user_name(member.user_name);
  return row.SerializeAsString();
}
Result<GroupMember> Table<GroupMember>::Decode(std::string_view bytes) {
  KM_TRY(const pb::GroupMember row, Parse<pb::GroupMember>(kName, bytes));
  return GroupMember{row.account(), row.group_name(), row.user_name()};
}

std::string Table<PolicyUse>::RowKey(const PolicyUse& use) {
  return PolicyUsesPrefix(use.policy_arn) +
         Join({use.as_boundary ? "boundary" : "attached", AsPart(use.entity_arn)});
}
std::string Table<PolicyUse>::Encode(const PolicyUse& use) {
  pb::PolicyUse row;
  row.set_policy_arn(use.policy_arn);
  row.set_entity_arn(use.entity_arn);
  row.set_as_boundary(use.as_boundary);
  return row.SerializeAsString();
}
Result<PolicyUse> Table<PolicyUse>::Decode(std::string_view bytes) {
  KM_TRY(const pb::PolicyUse row, Parse<pb::PolicyUse>(kName, bytes));
  return PolicyUse{row.policy_arn(), row.entity_arn(), row.as_boundary()};
}

std::string Table<UserAccessKey>::RowKey(const UserAccessKey& key) {
  return UserAccessKeysPrefix(key.account, key.user_name) + key.access_key_id;
}
std::string Table<UserAccessKey>::Encode(const UserAccessKey& key) {
  pb::UserAccessKey row;
  row.set_account(key.account);
  row.set_user_name(key.user_name);
  row.set_access_key_id(key.access_key_id);
  return row.SerializeAsString();
}
Result<UserAccessKey> Table<UserAccessKey>::Decode(std::string_view bytes) {
  KM_TRY(const pb::UserAccessKey row, Parse<pb::UserAccessKey>(kName, bytes));
  return UserAccessKey{row.account(), row.user_name(), row.access_key_id()};
}

std::string Table<PrincipalArn>::RowKey(const PrincipalArn& principal) {
  return principal.unique_id;
}
std::string Table<PrincipalArn>::Encode(const PrincipalArn& principal) {
  pb::PrincipalArn row;
  row.set_unique_id(principal.unique_id);
  row.set_arn(principal.arn);
  return row.SerializeAsString();
}
Result<PrincipalArn> Table<PrincipalArn>::Decode(std::string_view bytes) {
  KM_TRY(const pb::PrincipalArn row, Parse<pb::PrincipalArn>(kName, bytes));
  return PrincipalArn{row.unique_id(), row.arn()};
}

}  // namespace kmaas::records
