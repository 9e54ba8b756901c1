#include "siem/deliveries.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <typeinfo>

#include "base/log.h"
#include "siem/transport/make_transport.h"

namespace kmaas::siem {

Deliveries::Deliveries(const DeliveriesOptions& options, const Clock& clock,
                       ports::RandomSource& random, Begins begins)
    : begun_(begins == Begins::kAtOnce) {
  for (const Destination& destination : options.destinations) {
    DeliveryOptions delivery;
    delivery.destination = destination;
    delivery.trail_directory = options.trail_directory;
    delivery.cursor_file = CursorFile(options.cursor_directory, destination.name);
    delivery.producer = options.producer;
    deliveries_.push_back(std::make_unique<Delivery>(
        delivery, MakeTransport(destination, options.producer, {clock, stopping_}), clock, random));
  }
  threads_.reserve(deliveries_.size());
  try {
    for (const std::unique_ptr<Delivery>& delivery : deliveries_)
      threads_.emplace_back([this, &one = *delivery] { Run(one); });
  } catch (...) {
    Stop();
    throw;
  }
}

void Deliveries::Begin() noexcept {
  {
    const std::lock_guard lock(mutex_);
    begun_ = true;
  }
  changed_.notify_all();
}

// What is thrown, for want of memory most likely, ends no process from here.
void Deliveries::Run(Delivery& delivery) {
  constexpr std::chrono::seconds kAfterThrow{1};
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return begun_ || stopping_.load(); });
  if (!begun_) return;
  std::chrono::milliseconds pause{0};
  while (!changed_.wait_for(lock, pause, [this] { return stopping_.load(); })) {
    lock.unlock();
    try {
      pause = delivery.Step();
    } catch (const std::exception& failure) {
      log::Error("siem_step_failed", {{"type", typeid(failure).name()}});
      pause = kAfterThrow;
    }
    lock.lock();
  }
  lock.unlock();
  delivery.Close();
}

void Deliveries::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

std::vector<DeliveryCounters> Deliveries::counters() const {
  std::vector<DeliveryCounters> all;
  all.reserve(deliveries_.size());
  for (const auto& delivery : deliveries_) all.push_back(delivery->counters());
  return all;
}

std::uint64_t Deliveries::LowestNeeded() const {
  std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
  for (const auto& delivery : deliveries_) lowest = std::min(lowest, delivery->lowest_needed());
  return lowest;
}

}  // namespace kmaas::siem
