// What workers are started with, and what is counted of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace kmaas::hsm::worker {

// A module that workers may load.
struct ModuleSource {
  std::string path;
  std::string parameters = {};  // pReserved of C_Initialize; NSS only
  bool operator==(const ModuleSource&) const = default;
};

// What the program does to the processes that it starts here; all of it may be left out.
struct Confinement {
  // In the supervisor, when it is alone, and for all workers that come of it: its rights to files.
  std::function<Result<void>()> of_files;
  // In a worker, when its module is loaded and its threads are there, before the first call.
  std::function<Result<void>()> of_calls;
  // In a worker, every second: says in the log what was refused.
  std::function<void()> report;
};

struct SupervisorOptions {
  std::vector<ModuleSource> modules;  // no other one is ever loaded
  std::size_t calls = 8;              // of one worker at a time; further ones wait
  Confinement confinement = {};
};

struct ProxyOptions {
  // A call that takes longer is taken for hung, and its worker killed; one that makes keys, or
  // begins or ends the module, gets kSlowFactor times as long.
  std::chrono::milliseconds call_max{10'000};
  // A worker whose resident memory is beyond it wants to be replaced; 0: never.
  std::uint64_t memory_max_bytes = 0;
};
inline constexpr int kSlowFactor = 6;

// A snapshot; the numbers since the proxy was made.
struct ProxyCounters {
  std::uint64_t started = 0;   // workers
  std::uint64_t crashed = 0;   // ended by themselves
  std::uint64_t hung = 0;      // killed, because a call did not end
  std::uint64_t garbled = 0;   // killed, because an answer was none
  std::uint64_t outgrown = 0;  // replaced, because they took too much memory
  bool running = false;
  std::uint64_t resident_bytes = 0;  // of the one that runs
  std::size_t calls = 0;             // in it, now
};

}  // namespace kmaas::hsm::worker
