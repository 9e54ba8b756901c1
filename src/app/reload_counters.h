// How often the server was told to take new settings and certificates, and what became of it.
#pragma once

#include <atomic>
#include <cstdint>

namespace kmaas::app {

// Since the start. Thread-safe.
struct ReloadCounters {
  std::atomic<std::uint64_t> taken{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<bool> last_refused{false};
  // Changed certificate files that could not be used; the ones before stay in force.
  std::atomic<std::uint64_t> certificates_refused{0};
};

}  // namespace kmaas::app
