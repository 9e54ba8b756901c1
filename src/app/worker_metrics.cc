#include "app/worker_metrics.h"

#include <algorithm>

#include "hsm/worker/isolation.h"

namespace kmaas::app {
namespace {

constexpr char kRestarts[] = "kmaas_hsm_worker_restarts_total";
constexpr char kRestartsHelp[] = "Workers of PKCS#11 modules that ended before they were told to.";

}  // namespace

void WriteWorkers(metrics::Page& page) {
  hsm::worker::ProxyCounters all;
  std::size_t running = 0;
  for (const hsm::worker::WorkerStatus& one : hsm::worker::Workers()) {
    const hsm::worker::ProxyCounters& its = one.counters;
    running += its.running ? 1 : 0;
    all.crashed += its.crashed;
    all.hung += its.hung;
    all.garbled += its.garbled;
    all.outgrown += its.outgrown;
    all.calls += its.calls;
    all.resident_bytes = std::max(all.resident_bytes, its.resident_bytes);
  }
  page.Gauge("kmaas_hsm_workers", "Worker processes that have a PKCS#11 module loaded.",
             static_cast<double>(running));
  page.Gauge("kmaas_hsm_worker_calls", "Calls to PKCS#11 modules that are in workers, now.",
             static_cast<double>(all.calls));
  page.Gauge("kmaas_hsm_worker_memory_bytes", "Resident memory of the largest worker.",
             static_cast<double>(all.resident_bytes));
  page.Counter(kRestarts, kRestartsHelp, all.crashed, {{"reason", "crashed"}});
  page.Counter(kRestarts, kRestartsHelp, all.hung, {{"reason", "hung"}});
  page.Counter(kRestarts, kRestartsHelp, all.garbled, {{"reason", "garbled"}});
  page.Counter(kRestarts, kRestartsHelp, all.outgrown, {{"reason", "memory"}});
}

}  // namespace kmaas::app
