// Managed policies by their ARN: those of the account, and AWS's that kmaas knows.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/call.h"
#include "kmaas/iam/v1/iam.pb.h"
#include "policy/aws_managed_policies.h"
#include "records/catalog.h"

namespace kmaas::operations {

inline constexpr std::size_t kPolicyVersionsMax = 5;

Error NoSuchPolicyVersion(const std::string& arn, const std::string& version);

// kNotFound for an ARN that is neither the account's nor known to be AWS's; a policy is found under
// exactly its own ARN.
Result<std::shared_ptr<const records::ManagedPolicy>> FindManagedPolicy(const core::Call& call,
                                                                        const std::string& arn);
// A policy of the account, to be changed. kAccessDenied for one of AWS's.
Result<records::ManagedPolicy> TakeManagedPolicy(records::Changes& changes,
                                                 const std::string& account,
                                                 const std::string& arn);
// Re-reads the policy inside the transaction of the call, hands it to `change`, and stores it.
Result<void> WriteManagedPolicy(core::Call& call, const std::string& arn,
                                const std::function<Result<void>(records::ManagedPolicy&)>& change);
// kNotFound unless there is such a policy, the account's or AWS's, that can be attached.
Result<void> RequirePolicy(records::Changes& changes, const std::string& account,
                           const std::string& arn);

// Its id is one that the policy never had.
void AddVersion(const std::string& document, WallTime now, records::ManagedPolicy& policy);

// A policy of AWS in the form of a record, so that answers are made from one form.
records::ManagedPolicy AsRecord(const policy::AwsManagedPolicy& policy);

// Which entities of the account carry a policy or are bounded by it, in the order of their ARNs.
Result<std::vector<records::PolicyUse>> UsesOf(const core::Call& call, const std::string& arn,
                                               bool as_boundary);

// Listings leave out description and tags, as AWS does.
enum class PolicyDetail { kListed, kWhole };
Result<void> FillPolicy(const core::Call& call, const records::ManagedPolicy& policy,
                        PolicyDetail detail, ::kmaas::iam::v1::Policy& message);
void FillVersion(const records::ManagedPolicy& policy, const records::PolicyVersion& version,
                 ::kmaas::iam::v1::PolicyVersion& message);

}  // namespace kmaas::operations
