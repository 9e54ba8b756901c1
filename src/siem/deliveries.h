// All destinations, each on a thread of its own. Nothing that answers calls waits for any of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ports/retention_guard.h"
#include "siem/delivery.h"

namespace kmaas::siem {

struct DeliveriesOptions {
  std::vector<Destination> destinations;
  std::string trail_directory;
  std::string cursor_directory;  // exists, mode 0700
  Producer producer;
};

// Started and stopped by one thread; the accessors are for any.
class Deliveries final : public ports::RetentionGuard {
 public:
  enum class Begins { kAtOnce, kWhenTold };

  // Never fails but for want of memory or threads: what a destination lacks is tried again. Borrows
  // clock and random.
  Deliveries(const DeliveriesOptions& options, const Clock& clock, ports::RandomSource& random,
             Begins begins = Begins::kAtOnce);
  ~Deliveries() override { Stop(); }

  // For those that wait for it. Until then all records are needed. Idempotent.
  void Begin() noexcept;
  // Ends every connection; what was not confirmed is sent again after the next start. Idempotent.
  void Stop();

  std::vector<DeliveryCounters> counters() const;
  std::uint64_t LowestNeeded() const override;

 private:
  void Run(Delivery& delivery);

  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool begun_;  // guarded by it
  std::vector<std::unique_ptr<Delivery>> deliveries_;
  std::vector<std::thread> threads_;
};

}  // namespace kmaas::siem
