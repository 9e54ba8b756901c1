// An encryption context as conditions ask for it: by keys without regard to ASCII case.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/ciphertext.h"

namespace kmaas::core {

// Immutable; borrows the context.
class FoldedContext {
 public:
  explicit FoldedContext(const domain::EncryptionContext& context);

  // Appends the values of all keys that are `lower_key` but for case, in the order of the context.
  // False when there are none.
  bool Values(std::string_view lower_key, std::vector<std::string_view>& values) const;

 private:
  std::vector<std::pair<std::string, std::string_view>> pairs_;  // by key, which is in lower case
};

}  // namespace kmaas::core
