// Wrong bytes: one bit of what a function answers, again and again.
#pragma once

#include "tests/campaigns/hsm_faults/world.h"

namespace kmaas::campaigns {

struct Flips {
  std::uint64_t made = 0;     // answers of the token that were spoilt
  std::uint64_t uses = 0;     // of the engine, while there were any
  std::uint64_t right = 0;    // of these; the token's next answer was taken, or no other was needed
  std::uint64_t refused = 0;  // with an error that says so
  std::uint64_t wrong = 0;
  std::string first_wrong;
};

// Uses of every kind, each with the n-th answer of one function spoilt, for all n, functions and
// kinds in turn; then with each answer spoilt, in a place that changes and in one that does not.
// Goes on until `wanted` answers were spoilt.
Flips FlipBits(World& world, std::uint64_t wanted, std::uint64_t seed);

}  // namespace kmaas::campaigns
