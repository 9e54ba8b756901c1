// What seccomp has refused: whoever tries what he may not, and modules that need more than they
// have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace kmaas::confinement {

struct RefusedCall {
  std::string name;  // "execve"; its number where it has no name
  std::uint64_t times = 0;
};

struct RefusedCallsCounters {
  std::uint64_t total = 0;
};

// Takes SIGSYS, by which the kernel tells of a refused call: the call then fails with EPERM.
Result<void> CountRefusedCalls();

// What was refused since the last time that this was asked. Thread-safe.
std::vector<RefusedCall> TakeRefusedCalls();
// Since the process started. Thread-safe.
RefusedCallsCounters CountersOfRefusedCalls();

}  // namespace kmaas::confinement
