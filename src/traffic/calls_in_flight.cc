#include "traffic/calls_in_flight.h"

#include <algorithm>
#include <bit>

namespace kmaas::traffic {

CallsInFlight::CallsInFlight(std::size_t places) {
  const std::size_t sets = std::bit_ceil(std::max<std::size_t>(places / kPlacesPerSet, 1));
  mask_ = sets - 1;
  sets_ = std::make_unique<Set[]>(sets);
}

CallsInFlight::~CallsInFlight() = default;

std::optional<CallsInFlight::Place> CallsInFlight::Enter(std::uint64_t key, std::uint32_t most) {
  const std::size_t at = key & mask_;
  Set& set = sets_[at];
  const std::lock_guard lock(set.mutex);
  Count* own = nullptr;
  for (Count& count : set.counts) {
    if (count.calls > 0 && count.key == key) {
      own = &count;
      break;
    }
    if (count.calls == 0) own = &count;
  }
  if (own == nullptr) return kUncounted;
  if (own->calls >= most) return std::nullopt;
  own->key = key;
  ++own->calls;
  return static_cast<Place>(at * kPlacesPerSet + static_cast<std::size_t>(own - set.counts.data()));
}

void CallsInFlight::Leave(Place place) noexcept {
  if (place == kUncounted) return;
  Set& set = sets_[place / kPlacesPerSet];
  const std::lock_guard lock(set.mutex);
  --set.counts[place % kPlacesPerSet].calls;
}

}  // namespace kmaas::traffic
