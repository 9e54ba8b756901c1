// What the shim of this folder does to calls of a PKCS#11 module: a file that the shim and a test
// have mapped, so that it can change while the module is in use.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>

namespace kmaas::shim {

// Of functions.inc; the index of one is its place.
enum class Function : std::uint32_t {
#define X(name) name,
#include "tests/shim/functions.inc"
#undef X
  kCount,
  kEvery = 0xffffffff,
};
inline constexpr std::size_t kFunctions = static_cast<std::size_t>(Function::kCount);

enum class Fault : std::uint32_t {
  kNone,
  kRefusal,     // the return code `argument`; the module is not called
  kLostAnswer,  // the module does it, and the return code is `argument` all the same
  kSlow,        // `argument` milliseconds later
  kHang,        // until the plan is changed
  kFlippedBit,  // of each output that holds bytes; which one follows from `argument`
  kStuckBit,    // likewise; always bit number `argument`, modulo what there is
  kCrash,       // the process ends by a signal
  kLeak,        // `argument` KiB of memory that nobody gives back
};

inline constexpr std::uint64_t kAlways = std::numeric_limits<std::uint64_t>::max();

// One fault at a time. Python maps it, too: numbers in the machine's order, see
// tests/e2e/hsm_shim.py.
struct Plan {
  std::atomic<std::uint32_t> armed;  // written last; 0: calls pass
  std::uint32_t function;
  std::uint32_t fault;
  std::uint32_t unused;
  std::uint64_t argument;
  std::uint64_t first;  // the calls that it hits, counted from 1 since it was armed
  std::uint64_t last;
  std::atomic<std::uint64_t> seen;               // calls of the function since it was armed
  std::atomic<std::uint64_t> injected;           // those of them that it hit
  std::atomic<std::uint64_t> hanging;            // now
  std::atomic<std::uint64_t> calls[kFunctions];  // ever
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace kmaas::shim
