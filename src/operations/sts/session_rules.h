// What the operations that begin a session share.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "core/call.h"
#include "kmaas/sts/v1/sts.pb.h"
#include "records/identity_records.h"

namespace kmaas::operations {

namespace sts = ::kmaas::sts::v1;

// As AWS says it of roles that do not exist, too.
Error MayNotAssume(const domain::Principal& caller, std::string_view action,
                   std::string_view role_arn);
// Whether `who` may do `action` on the role: its trust policy and, where that leaves it to the
// caller's account, the caller's own policies. `more` as in AccessQuestion.
struct TrustQuestion {
  const domain::Principal& who;
  const records::Role& role;
  const policy::ConditionContext& more;
};
Result<void> AskTrust(const TrustQuestion& trust, std::string_view action, core::Call& call);

// The span of a session of this role; 0 wants the default. kValidation beyond what the role, or a
// chain, allows.
Result<std::chrono::seconds> SpanOf(int wanted_seconds, const records::Role& role, bool chained);

// Session policies, checked as identity policies are: kMalformedPolicyDocument for what is none,
// kValidation for a managed policy that is not there.
Result<void> SetSessionPolicies(
    const std::string& document,
    const google::protobuf::RepeatedPtrField<sts::PolicyDescriptor>& arns,
    const std::string& account, core::Call& call, domain::Session& session);

// How much of the room for session policies and tags a session takes, in per cent;
// kPackedPolicyTooLarge above 100.
Result<int> PackedPolicySize(const domain::Session& session);

// Issues and writes down: credentials in the response, who begins what in the audit record.
Result<void> Issue(const ports::NewSession& session, core::Call& call,
                   sts::Credentials& credentials);

void Describe(const domain::Principal& role, sts::AssumedRoleUser& user);

}  // namespace kmaas::operations
