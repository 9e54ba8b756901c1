// What ReplicateKey's members come to, and what a policy may ask about it.
#pragma once

#include <string>
#include <vector>

#include "core/call.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "policy/condition_key.h"

namespace kmaas::operations {

// kUnsupportedOperation unless this server has the Region.
Result<void> CheckServed(const core::Services& services, const std::string& region);

// The replica as it will be stored: what is shared from its primary, what is independent from the
// request.
domain::Key PlanReplica(const ::kmaas::kms::v1::ReplicateKeyRequest& request,
                        const domain::Key& primary, WallTime now);

// The answers of a key that is about to be made in another Region: kms:CreateKey is asked for
// there.
class ReplicaConditions final : public policy::ConditionContext {
 public:
  // Borrows the replica.
  ReplicaConditions(const domain::Key& replica, bool bypass) : replica_(replica), bypass_(bypass) {}
  bool Values(const policy::ConditionKey& key,
              std::vector<std::string_view>& values) const override;

 private:
  const domain::Key& replica_;
  const bool bypass_;  // of the lock-out safety check
};

}  // namespace kmaas::operations
