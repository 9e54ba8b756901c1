// Token buckets for any number of callers in a bounded piece of memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "traffic/rate.h"

namespace kmaas::traffic {

// Thread-safe. Who has no bucket has a full one, and a bucket that is full again is given to
// whoever needs one: nothing is lost by that. Only when all buckets that a key may have are in use
// at the same time does the fullest of them make room; its owner then has a full one, and so more
// than his rate for a moment. A key may have eight places, which its hash chooses.
class BucketTable {
 public:
  // `places` is rounded up to a power of two of eight places each: 24 bytes a place.
  explicit BucketTable(std::size_t places);
  ~BucketTable();
  BucketTable(const BucketTable&) = delete;
  BucketTable& operator=(const BucketTable&) = delete;

  // True when the bucket of `key` had one, which is then taken. `key` is a hash that callers cannot
  // choose.
  bool Take(std::uint64_t key, const Rate& rate, SteadyTime now);
  // Takes one, whether there is one or not, down to an empty bucket.
  void Drain(std::uint64_t key, const Rate& rate, SteadyTime now);
  // Whether Take would succeed.
  bool HasOne(std::uint64_t key, const Rate& rate, SteadyTime now) const;

  std::size_t places() const;

 private:
  static constexpr std::size_t kPlacesPerSet = 8;
  struct Place {
    std::uint64_t key = 0;
    std::int64_t full_at = 0;  // nanoseconds of the steady clock
  };
  struct alignas(64) Set {
    mutable std::mutex mutex;
    std::array<Place, kPlacesPerSet> places{};
  };

  Set& SetOf(std::uint64_t key) const { return sets_[key & mask_]; }
  static Place& PlaceOf(Set& set, std::uint64_t key);

  std::size_t mask_;
  std::unique_ptr<Set[]> sets_;
};

}  // namespace kmaas::traffic
