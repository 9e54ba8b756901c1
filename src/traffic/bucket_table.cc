#include "traffic/bucket_table.h"

#include <algorithm>
#include <bit>

namespace kmaas::traffic {
namespace {

std::int64_t Nanos(SteadyTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

// When the bucket would be full again if one were taken now.
std::int64_t FullAfterTaking(std::int64_t full_at, const Rate& rate, std::int64_t now) {
  return std::max(full_at, now) + rate.interval.count();
}

bool Holds(std::int64_t full_after, const Rate& rate, std::int64_t now) {
  return full_after - now <= rate.depth.count();
}

}  // namespace

BucketTable::BucketTable(std::size_t places) {
  const std::size_t sets = std::bit_ceil(std::max<std::size_t>(places / kPlacesPerSet, 1));
  mask_ = sets - 1;
  sets_ = std::make_unique<Set[]>(sets);
}

BucketTable::~BucketTable() = default;

std::size_t BucketTable::places() const { return (mask_ + 1) * kPlacesPerSet; }

// Its own, or the fullest one, which becomes its own and full.
BucketTable::Place& BucketTable::PlaceOf(Set& set, std::uint64_t key) {
  Place* fullest = &set.places.front();
  for (Place& place : set.places) {
    if (place.key == key) return place;
    if (place.full_at < fullest->full_at) fullest = &place;
  }
  *fullest = {key, 0};
  return *fullest;
}

bool BucketTable::Take(std::uint64_t key, const Rate& rate, SteadyTime now) {
  if (!rate.limited()) return true;
  const std::int64_t nanos = Nanos(now);
  Set& set = SetOf(key);
  const std::lock_guard lock(set.mutex);
  Place& place = PlaceOf(set, key);
  const std::int64_t after = FullAfterTaking(place.full_at, rate, nanos);
  if (!Holds(after, rate, nanos)) return false;
  place.full_at = after;
  return true;
}

void BucketTable::Drain(std::uint64_t key, const Rate& rate, SteadyTime now) {
  if (!rate.limited()) return;
  const std::int64_t nanos = Nanos(now);
  Set& set = SetOf(key);
  const std::lock_guard lock(set.mutex);
  Place& place = PlaceOf(set, key);
  place.full_at = std::min(FullAfterTaking(place.full_at, rate, nanos), nanos + rate.depth.count());
}

bool BucketTable::HasOne(std::uint64_t key, const Rate& rate, SteadyTime now) const {
  if (!rate.limited()) return true;
  const std::int64_t nanos = Nanos(now);
  const Set& set = SetOf(key);
  const std::lock_guard lock(set.mutex);
  for (const Place& place : set.places) {
    if (place.key == key) return Holds(FullAfterTaking(place.full_at, rate, nanos), rate, nanos);
  }
  return true;
}

}  // namespace kmaas::traffic
