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

  // Other destinations, with all that they need and not begun. Nobody else prepares while it lives,
  // and it goes on the thread that it was made on. When it goes without Take, nothing was.
  class Prepared;
  Prepared Prepare(const std::vector<Destination>& destinations);
  // Those that are as they were go on undisturbed; what the others had not confirmed is sent again
  // under the new settings. Waits until the connections of those that go have ended.
  void Take(Prepared prepared) noexcept;
  void Replace(const std::vector<Destination>& destinations);
  void Stop() { Replace({}); }

  std::vector<DeliveryCounters> counters() const;
  std::uint64_t LowestNeeded() const override;

 private:
  struct One {
    Destination destination;
    std::shared_ptr<Deliveries> running;
  };
  using ByName = std::map<std::string, One>;

  const std::string trail_directory_;
  const std::string cursor_directory_;
  const Producer producer_;
  const Clock& clock_;
  ports::RandomSource& random_;
  std::mutex replacing_;      // one Prepared at a time; before the next one
  mutable std::mutex mutex_;  // guards what follows
  ByName by_name_;
};

class CurrentDeliveries::Prepared {
 private:
  friend class CurrentDeliveries;
  explicit Prepared(std::mutex& replacing) : replacing_(replacing) {}

  std::unique_lock<std::mutex> replacing_;
  ByName by_name_;  // those that stay, and fresh ones
};

}  // namespace kmaas::siem
