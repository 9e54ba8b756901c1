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

void CurrentDeliveries::Replace(const std::vector<Destination>& destinations) {
  const std::lock_guard replacing(replacing_);
  const auto stays = [&](const One& one) {
    return std::find(destinations.begin(), destinations.end(), one.destination) !=
           destinations.end();
  };
  // Stopped while it is still named: until its successor is there, it guards what it needs. Nobody
  // else changes the map, and who reads it does not wait for a connection to end.
  for (auto& [name, one] : by_name_)
    if (!stays(one)) one.running->Stop();
  for (const Destination& destination : destinations) {
    if (const auto found = by_name_.find(destination.name);
        found != by_name_.end() && stays(found->second))
      continue;
    DeliveriesOptions options{{destination}, trail_directory_, cursor_directory_, producer_};
    One fresh{destination, std::make_unique<Deliveries>(options, clock_, random_)};
    const std::lock_guard lock(mutex_);
    by_name_.insert_or_assign(destination.name, std::move(fresh));
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(by_name_, [&](const auto& entry) { return !stays(entry.second); });
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
