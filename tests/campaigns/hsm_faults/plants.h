// Faults of the engine itself, to see whether the campaign notices.
#pragma once

#include <string_view>

namespace kmaas::campaigns {

// "unverified-mac": the token's verification of its MACs is not asked for; "unverified-signature":
// signatures are taken as they come; "second-login": a refused PIN is tried again. False for any
// other name. In this program alone: the linker puts these in the place of the engine's own.
bool Plant(std::string_view name);

// While one lives, nothing is left out: for the campaign's own checks.
class NothingLeftOut {
 public:
  NothingLeftOut();
  ~NothingLeftOut();
  NothingLeftOut(const NothingLeftOut&) = delete;
  NothingLeftOut& operator=(const NothingLeftOut&) = delete;
};

}  // namespace kmaas::campaigns
