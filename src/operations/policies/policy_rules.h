// What every key policy obeys, at creation and later.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "core/lasting_names.h"
#include "domain/key.h"
#include "policy/policy.h"
#include "records/catalog.h"

namespace kmaas::operations {

// A key policy as a key keeps it, and compiled.
struct KeptPolicy {
  core::LastingPolicy lasting;
  std::shared_ptr<const policy::Policy> compiled;
};

// kMalformedPolicyDocument, also when one of its principals is not there; kLimitExceeded above
// limits::kPolicyBytesMax.
Result<KeptPolicy> ReadKeyPolicy(const std::string& document, records::Catalog& catalog);
// Stores it for the key.
Result<void> PutKeptPolicy(records::Changes& changes, const domain::Key& key,
                           const KeptPolicy& policy);

inline constexpr char kDefaultPolicyName[] = "default";

}  // namespace kmaas::operations
