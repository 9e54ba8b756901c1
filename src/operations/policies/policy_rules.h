// What every key policy obeys, at creation and later.
#pragma once

#include <string>

#include "base/result.h"

namespace kmaas::operations {

// kMalformedPolicyDocument, or kLimitExceeded above limits::kPolicyBytesMax.
Result<void> CheckKeyPolicy(const std::string& document);

inline constexpr char kDefaultPolicyName[] = "default";

}  // namespace kmaas::operations
