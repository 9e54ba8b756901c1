// What every key policy obeys, at creation and later.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "policy/policy.h"

namespace kmaas::operations {

// kMalformedPolicyDocument, or kLimitExceeded above limits::kPolicyBytesMax.
Result<std::shared_ptr<const policy::Policy>> ReadKeyPolicy(const std::string& document);

inline constexpr char kDefaultPolicyName[] = "default";

}  // namespace kmaas::operations
