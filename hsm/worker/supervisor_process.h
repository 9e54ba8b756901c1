// What the supervisor process does, and what it is told.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "hsm/worker/supervisor.h"

namespace kmaas::hsm::worker {

// Packets on the control socket, in the order of the machine.
struct Request {
  enum class What : std::uint64_t { kStart, kKill };
  What what = What::kStart;
  std::uint64_t number = 0;    // of the request; the answer has the same
  std::uint64_t argument = 0;  // a module's number, or a process
};
// To kStart alone; with the memory and the lifeline of the worker when it has one.
struct Answer {
  std::uint64_t number = 0;
  std::int64_t process = -1;
};

// In the forked process; ends when `control` is closed, and so do its workers.
[[noreturn]] void RunSupervisor(int control, pid_t parent, const SupervisorOptions& options,
                                const Layout& layout);

}  // namespace kmaas::hsm::worker
