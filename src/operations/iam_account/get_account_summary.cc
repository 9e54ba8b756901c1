// GetAccountSummary: how much there is of everything, and the quotas that hold here.
#include "operations/iam_common/access_keys.h"
#include "operations/iam_common/attachments.h"
#include "operations/iam_common/inline_policies.h"
#include "operations/iam_common/memberships.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_common/quotas.h"
#include "operations/iam_handlers.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

using Summary = google::protobuf::Map<std::string, std::int32_t>;

template <class T>
Result<std::size_t> CountOf(const core::Call& call) {
  std::size_t count = 0;
  KM_CHECK(records::ForEachRow<T>(call.services().catalog,
                                  records::AccountPrefix(call.principal().account),
                                  [&](const T& /*record*/) { ++count; }));
  return count;
}

void Set(Summary& summary, const char* name, std::size_t value) {
  summary[name] = static_cast<std::int32_t>(value);
}

template <class T>
void SetQuotaOf(Summary& summary) {
  Set(summary, (std::string(kQuotaOf<T>.name) + "Quota").c_str(), kQuotaOf<T>.most);
}

void SetQuotas(Summary& summary) {
  SetQuotaOf<records::User>(summary);
  SetQuotaOf<records::Group>(summary);
  SetQuotaOf<records::Role>(summary);
  SetQuotaOf<records::ManagedPolicy>(summary);
  Set(summary, "UserPolicySizeQuota", kInlineSizeMax<records::User>);
  Set(summary, "GroupPolicySizeQuota", kInlineSizeMax<records::Group>);
  Set(summary, "RolePolicySizeQuota", kInlineSizeMax<records::Role>);
  Set(summary, "AssumeRolePolicySizeQuota", kTrustPolicySizeMax);
  Set(summary, "PolicySizeQuota", kManagedPolicySizeMax);
  Set(summary, "VersionsPerPolicyQuota", kPolicyVersionsMax);
  Set(summary, "GroupsPerUserQuota", kGroupsPerUserMax);
  Set(summary, "AccessKeysPerUserQuota", kAccessKeysPerUserMax);
  Set(summary, "AttachedPoliciesPerUserQuota", kAttachedPoliciesMax);
  Set(summary, "AttachedPoliciesPerGroupQuota", kAttachedPoliciesMax);
  Set(summary, "AttachedPoliciesPerRoleQuota", kAttachedPoliciesMax);
}

// Of the root of the account, which has no credentials here.
void SetRoot(Summary& summary) {
  for (const char* name : {"AccountMFAEnabled", "AccountAccessKeysPresent",
                           "AccountSigningCertificatesPresent", "ServerCertificates"})
    Set(summary, name, 0);
}

}  // namespace

Result<iam::GetAccountSummaryResponse> GetAccountSummary(
    const iam::GetAccountSummaryRequest& /*request*/, AccountCall& call) {
  iam::GetAccountSummaryResponse reply;
  Summary& summary = *reply.mutable_summary_map();
  KM_TRY(const std::size_t users, CountOf<records::User>(call));
  KM_TRY(const std::size_t groups, CountOf<records::Group>(call));
  KM_TRY(const std::size_t roles, CountOf<records::Role>(call));
  KM_TRY(const std::size_t policies, CountOf<records::ManagedPolicy>(call));
  KM_TRY(auto devices, DevicesOfAccount(call.services().catalog, call.principal().account));
  Set(summary, "Users", users);
  Set(summary, "Groups", groups);
  Set(summary, "Roles", roles);
  Set(summary, "Policies", policies);
  Set(summary, "MFADevices", devices.size());
  std::erase_if(devices, [](const records::MfaDevice& one) { return one.user_name.empty(); });
  Set(summary, "MFADevicesInUse", devices.size());
  SetQuotas(summary);
  SetRoot(summary);
  return reply;
}

}  // namespace kmaas::operations
