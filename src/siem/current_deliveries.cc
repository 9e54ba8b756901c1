#include "siem/current_deliveries.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace kmaas::siem {

CurrentDeliveries::CurrentDeliveries(std::string trail_directory, std::string cursor_directory,
                                     Producer producer, const Clock& clock,
                                     ports::RandomSource& random)
    : trail_directory_(std::move(trail_directory)),
      cursor_directory_(std::move(cursor_directory)),
      producer_(std::move(producer)),
      clock_(clock),
      random_(random) {}

CurrentDeliveries::Prepared CurrentDeliveries::Prepare(
    const std::vector<Destination>& destinations) {
  Prepared prepared(replacing_);  // nobody else changes the map now
  for (const Destination& destination : destinations) {
    const auto found = by_name_.find(destination.name);
    if (found != by_name_.end() && found->second.destination == destination) {
      prepared.by_name_.insert_or_assign(destination.name, found->second);
      continue;
    }
    DeliveriesOptions options{{destination}, trail_directory_, cursor_directory_, producer_};
    auto fresh =
        std::make_shared<Deliveries>(options, clock_, random_, Deliveries::Begins::kWhenTold);
    prepared.by_name_.insert_or_assign(destination.name, One{destination, std::move(fresh)});
  }
  return prepared;
}

// Those that go are stopped while they are still named: until its successor is there, each guards
// what it needs. Who reads the map does not wait for a connection to end.
void CurrentDeliveries::Take(Prepared prepared) noexcept {
  for (const auto& [name, one] : by_name_) {
    const auto found = prepared.by_name_.find(name);
    if (found == prepared.by_name_.end() || found->second.running != one.running)
      one.running->Stop();
  }
  {
    const std::lock_guard lock(mutex_);
    by_name_.swap(prepared.by_name_);
  }
  for (const auto& [name, one] : by_name_) one.running->Begin();
}

void CurrentDeliveries::Replace(const std::vector<Destination>& destinations) {
  Take(Prepare(destinations));
}

std::vector<DeliveryCounters> CurrentDeliveries::counters() const {
  const std::lock_guard lock(mutex_);
  std::vector<DeliveryCounters> all;
  for (const auto& [name, one] : by_name_)
    for (DeliveryCounters& counters : one.running->counters()) all.push_back(std::move(counters));
  return all;
}

std::uint64_t CurrentDeliveries::LowestNeeded() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
  for (const auto& [name, one] : by_name_) lowest = std::min(lowest, one.running->LowestNeeded());
  return lowest;
}

}  // namespace kmaas::siem
