#include "operations/iam_common/quotas.h"

namespace kmaas::operations {

Error QuotaReached(const EntityQuota& quota) {
  return {ErrorCode::kLimitExceeded, "Cannot exceed quota for " + std::string(quota.name) +
                                         "PerAccount: " + std::to_string(quota.most)};
}

}  // namespace kmaas::operations
