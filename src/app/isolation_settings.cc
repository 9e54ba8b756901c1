#include "app/isolation_settings.h"

namespace kmaas::app {
namespace {

constexpr std::uint64_t kWorkersMax = 16;
constexpr std::uint64_t kMemoryMaxMib = 1'000'000;
constexpr std::uint64_t kCallMillisMin = 100;
constexpr std::uint64_t kCallMillisMax = 600'000;

}  // namespace

void ReadIsolation(SettingsReader& hsm, IsolationConfig& config) {
  using Mode = IsolationConfig::Mode;
  hsm.Choice<Mode>("isolation", config.mode,
                   {{"in-process", Mode::kInProcess}, {"process", Mode::kProcess}});
  hsm.Number("workers", config.workers, 1, kWorkersMax);
  hsm.Number("worker_memory_max_mib", config.memory_max_mib, 0, kMemoryMaxMib);
  hsm.Span("worker_call_max_ms", config.call_max, kCallMillisMin, kCallMillisMax);
  if (config.mode == Mode::kProcess) return;
  for (const char* name : {"workers", "worker_memory_max_mib", "worker_call_max_ms"})
    if (hsm.Has(name)) hsm.Refuse(name, "needs hsm.isolation: process");
}

}  // namespace kmaas::app
