// A policy document as text: what is checked when it is written.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::policy {

// Refuses, with kMalformedPolicyDocument, what is not a policy: text that is not one JSON object,
// members that a policy does not have or that stand twice at any level, a wrong Version, statements
// without Effect or Principal. What a statement means is not decided here. Source: IAM JSON policy
// grammar.
Result<void> CheckDocument(std::string_view text);

// The policy that AWS gives to a key made without one.
std::string DefaultKeyPolicy(std::string_view account);

}  // namespace kmaas::policy
