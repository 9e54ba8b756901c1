// The keys in a token, in memory; held to what tests/component/hsm/token_keys_test.cc shows of the
// real one.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "ports/token_keys.h"

namespace kmaas::fakes {

// Not thread-safe.
class MemoryTokenKeys final : public ports::TokenKeys {
 public:
  std::set<ports::TokenKey> keys;
  std::set<ports::TokenKey> spared;  // of imports of this process
  bool away = false;
  std::function<void()> after_listing = [] {};  // what happens before the answer is read

  Result<std::vector<ports::TokenKey>> List(Deadline /*deadline*/) override {
    if (away) return Away();
    std::vector<ports::TokenKey> listed(keys.begin(), keys.end());
    after_listing();
    return listed;
  }
  Result<void> Destroy(const ports::TokenKey& key, Deadline /*deadline*/) override {
    if (away) return Away();
    if (spared.contains(key)) return Error{ErrorCode::kConflict, "", "the key is one of an import"};
    keys.erase(key);
    return {};
  }

 private:
  static Error Away() { return {ErrorCode::kDependencyTimeout, "", "the token is away"}; }
};

}  // namespace kmaas::fakes
