// How many entities of each kind an account may have. Source: AWS IAM User Guide, "IAM and AWS STS
// quotas": defaults.
#pragma once

#include <string>

#include "base/result.h"
#include "records/catalog.h"

namespace kmaas::operations {

struct EntityQuota {
  std::string_view name;  // as AWS's message and account summary call it
  std::size_t most;
};

template <class T>
inline constexpr EntityQuota kQuotaOf = {};
template <>
inline constexpr EntityQuota kQuotaOf<records::User> = {"Users", 5000};
template <>
inline constexpr EntityQuota kQuotaOf<records::Group> = {"Groups", 300};
template <>
inline constexpr EntityQuota kQuotaOf<records::Role> = {"Roles", 1000};
template <>
inline constexpr EntityQuota kQuotaOf<records::ManagedPolicy> = {"Policies", 1500};
// As many as users.
template <>
inline constexpr EntityQuota kQuotaOf<records::MfaDevice> = {"MFADevices", 5000};

Error QuotaReached(const EntityQuota& quota);

// Whether one more fits in; reads at most as many rows as the quota allows. kLimitExceeded.
template <class T>
Result<void> RequireRoom(records::Changes& changes, const std::string& account) {
  constexpr const EntityQuota& kQuota = kQuotaOf<T>;
  static_assert(kQuota.most > 0);
  KM_TRY(const records::Page page,
         changes.List<T>(records::AccountPrefix(account), {}, kQuota.most));
  if (page.rows.size() < kQuota.most) return {};
  return QuotaReached(kQuota);
}

}  // namespace kmaas::operations
