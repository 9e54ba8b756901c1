// The algorithm that a request names, for the key that it names.
#pragma once

#include <string>

#include "base/result.h"
#include "domain/key.h"

namespace kmaas::operations {

Error IncompatibleAlgorithm(const std::string& algorithm, const domain::Key& key);

// kInvalidKeyUsage, in AWS's words, for one that keys of this spec and usage do not have: also for
// AWS's names of what no key here has.
template <class Algorithm>
Result<Algorithm> AlgorithmFor(const std::string& text, const domain::Key& key) {
  const auto algorithm = domain::FromText<Algorithm>(text);
  if (algorithm && Has(key.spec, key.usage, *algorithm)) return *algorithm;
  return IncompatibleAlgorithm(text, key);
}

}  // namespace kmaas::operations
