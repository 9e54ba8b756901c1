// The system calls that a server which has started still makes.
#pragma once

#include <seccomp.h>

#include <span>
#include <vector>

namespace kmaas::confinement {

// Allowed when all of `arguments` are as said. Several rows of one call: any of them.
struct AllowedCall {
  int number;
  std::vector<scmp_arg_cmp> arguments;
};

// Refused with this error and no word in the log, because it is asked in vain in the usual course
// and whoever asks knows what to do without.
struct QuietRefusal {
  int number;
  int error;
  std::vector<scmp_arg_cmp> arguments;
};

// Calls with whatever arguments.
std::span<const int> PlainCalls();
// Calls of which only some arguments are allowed. `Rights` open more of them.
std::vector<AllowedCall> NarrowCalls(bool connects, bool resolves_names, bool loads_libraries);
std::vector<QuietRefusal> QuietRefusals();

}  // namespace kmaas::confinement
