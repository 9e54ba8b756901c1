// Policy documents as IAM takes them: the language is policy's, the sizes are here.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/lasting_names.h"
#include "policy/policy.h"

namespace kmaas::operations {

// Characters without white space, which IAM does not count.
std::size_t DocumentSize(std::string_view document);

inline constexpr std::size_t kManagedPolicySizeMax = 6144;
inline constexpr std::size_t kTrustPolicySizeMax = 2048;

// kMalformedPolicyDocument for what is not a policy of that kind.
Result<void> CheckDocumentOf(policy::PolicyKind kind, const std::string& document);
// And kLimitExceeded for one that is too large.
Result<void> CheckManagedDocument(const std::string& document);
// A trust policy as a role keeps it; its principals have to be there.
Result<core::LastingPolicy> ReadTrustDocument(const std::string& document,
                                              records::Catalog& catalog);

}  // namespace kmaas::operations
