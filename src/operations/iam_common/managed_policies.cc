#include "operations/iam_common/managed_policies.h"

#include "operations/iam_common/entities.h"
#include "operations/iam_common/messages.h"
#include "records/every_row.h"
#include "records/find_by_arn.h"

namespace kmaas::operations {
namespace {

// The account that AWS's own policies have in their ARNs.
constexpr std::string_view kAws = "aws";

Error PolicyNotFound(const std::string& arn) {
  return NoSuchEntity("Policy " + arn + " was not found.");
}

}  // namespace

Error NoSuchPolicyVersion(const std::string& arn, const std::string& version) {
  return NoSuchEntity("Policy " + arn + " version " + version +
                      " does not exist or is not attachable.");
}

Result<std::shared_ptr<const records::ManagedPolicy>> FindManagedPolicy(const core::Call& call,
                                                                        const std::string& arn) {
  if (const policy::AwsManagedPolicy* known = policy::FindAwsManagedPolicy(arn))
    return std::make_shared<const records::ManagedPolicy>(AsRecord(*known));
  KM_TRY(auto found, records::FindByArn<records::ManagedPolicy>(call.services().catalog, arn));
  if (found == nullptr || found->account != call.principal().account) return PolicyNotFound(arn);
  return found;
}

Result<records::ManagedPolicy> TakeManagedPolicy(records::Changes& changes,
                                                 const std::string& account,
                                                 const std::string& arn) {
  if (policy::FindAwsManagedPolicy(arn) != nullptr) {
    return Error{ErrorCode::kAccessDenied,
                 "The policy " + arn + " is AWS's and cannot be changed."};
  }
  KM_TRY(std::optional<records::ManagedPolicy> found,
         records::FindByArn<records::ManagedPolicy>(changes, arn));
  if (!found || found->account != account) return PolicyNotFound(arn);
  return *std::move(found);
}

Result<void> WriteManagedPolicy(
    core::Call& call, const std::string& arn,
    const std::function<Result<void>(records::ManagedPolicy&)>& change) {
  return call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(records::ManagedPolicy policy,
           TakeManagedPolicy(changes, call.principal().account, arn));
    KM_CHECK(change(policy));
    return changes.Put(policy);
  });
}

Result<void> RequirePolicy(records::Changes& changes, const std::string& account,
                           const std::string& arn) {
  if (policy::FindAwsManagedPolicy(arn) != nullptr) return {};
  const Result<records::ManagedPolicy> found = TakeManagedPolicy(changes, account, arn);
  if (found) return {};
  if (found.error().code != ErrorCode::kNotFound) return found.error();
  return NoSuchEntity("Policy " + arn + " does not exist or is not attachable.");
}

void AddVersion(const std::string& document, WallTime now, records::ManagedPolicy& policy) {
  policy.versions.push_back({"v" + std::to_string(++policy.versions_made), document, now});
  policy.updated = now;
}

records::ManagedPolicy AsRecord(const policy::AwsManagedPolicy& policy) {
  records::ManagedPolicy record;
  record.account = kAws;
  record.name = policy.name;
  record.path = policy.path;
  record.policy_id = policy.policy_id;
  record.description = policy.description;
  record.created = WallTime(std::chrono::seconds(policy.created_seconds));
  record.updated = WallTime(std::chrono::seconds(policy.updated_seconds));
  record.default_version = policy.version;
  record.versions.push_back(
      {std::string(policy.version), std::string(policy.document), record.updated});
  return record;
}

// A policy of AWS has uses in all accounts: the ARNs of this one's entities begin alike.
Result<std::vector<records::PolicyUse>> UsesOf(const core::Call& call, const std::string& arn,
                                               bool as_boundary) {
  return records::EveryRow<records::PolicyUse>(
      call.services().catalog,
      records::Table<records::PolicyUse>::RowKey(
          {arn, "arn:aws:iam::" + call.principal().account + ":", as_boundary}));
}

Result<void> FillPolicy(const core::Call& call, const records::ManagedPolicy& policy,
                        PolicyDetail detail, ::kmaas::iam::v1::Policy& message) {
  KM_TRY(const auto attached, UsesOf(call, policy.arn(), false));
  KM_TRY(const auto bounded, UsesOf(call, policy.arn(), true));
  message.set_policy_name(policy.name);
  message.set_policy_id(policy.policy_id);
  message.set_arn(policy.arn());
  message.set_path(policy.path);
  message.set_default_version_id(policy.default_version);
  message.set_attachment_count(static_cast<std::int32_t>(attached.size()));
  message.set_permissions_boundary_usage_count(static_cast<std::int32_t>(bounded.size()));
  message.set_is_attachable(true);
  message.set_create_date(ToEpochSeconds(policy.created));
  message.set_update_date(ToEpochSeconds(policy.updated));
  if (detail == PolicyDetail::kListed) return {};
  if (!policy.description.empty()) message.set_description(policy.description);
  for (const domain::Tag& tag : policy.tags) Fill(tag, *message.add_tags());
  return {};
}

void FillVersion(const records::ManagedPolicy& policy, const records::PolicyVersion& version,
                 ::kmaas::iam::v1::PolicyVersion& message) {
  message.set_version_id(version.id);
  message.set_is_default_version(version.id == policy.default_version);
  message.set_create_date(ToEpochSeconds(version.created));
}

}  // namespace kmaas::operations
