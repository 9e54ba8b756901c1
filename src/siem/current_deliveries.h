// The deliveries to the destinations of the configuration in force, of which there may be another
// one while the server runs.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "siem/deliveries.h"

namespace kmaas::siem {

// Thread-safe. Each destination goes on from its cursor, whatever happens to the others.
class CurrentDeliveries final : public ports::RetentionGuard {
 public:
  // Without destinations, until Replace. Borrows clock and random.
  CurrentDeliveries(std::string trail_directory, std::string cursor_directory, Producer producer,
                    const Clock& clock, ports::RandomSource& random);
  ~CurrentDeliveries() override { Stop(); }

  // Those that are as they were go on undisturbed; what the others had not confirmed is sent again
  // under the new settings. Waits until the connections of those that go have ended.
  void Replace(const std::vector<Destination>& destinations);
  void Stop() { Replace({}); }

  std::vector<DeliveryCounters> counters() const;
  std::uint64_t LowestNeeded() const override;

 private:
  struct One {
    Destination destination;
    std::unique_ptr<Deliveries> running;
  };

  const std::string trail_directory_;
  const std::string cursor_directory_;
  const Producer producer_;
  const Clock& clock_;
  ports::RandomSource& random_;
  std::mutex replacing_;      // one at a time; before the next one
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, One> by_name_;
};

}  // namespace kmaas::siem
