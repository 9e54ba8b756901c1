// seccomp: the kernel refuses system calls that are not named (seccomp(2)).
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "confinement/rights.h"

namespace kmaas::confinement {

// Whether the running kernel filters system calls.
bool CanFilterSystemCalls();
bool IsSystemCall(const std::string& name);

// How many calls a process of these rights may make, however narrowed.
std::size_t CountAllowedCalls(const Rights& rights);

// For all threads of the process, for good. What is refused then fails with EPERM and is counted
// (confinement/refused_calls.h); foreign instruction sets end the process. The error names what
// failed; nothing is confined then.
Result<void> ConfineSystemCalls(const Rights& rights);

}  // namespace kmaas::confinement
