// How many calls of whom have not ended, for any number of callers in a bounded piece of memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace kmaas::traffic {

// Thread-safe. Who has no call in flight has no place, so there are never more in use than threads
// that serve. A key may have eight places, which its hash chooses; when others have them all, its
// call is let in and not counted.
class CallsInFlight {
 public:
  using Place = std::uint32_t;

  // `places` is rounded up to a power of two of eight places each.
  explicit CallsInFlight(std::size_t places);
  ~CallsInFlight();
  CallsInFlight(const CallsInFlight&) = delete;
  CallsInFlight& operator=(const CallsInFlight&) = delete;

  // Where the call counts until Leave; none when `most` of `key` are in flight. `key` is a hash
  // that callers cannot choose.
  std::optional<Place> Enter(std::uint64_t key, std::uint32_t most);
  void Leave(Place place) noexcept;

 private:
  static constexpr std::size_t kPlacesPerSet = 8;
  static constexpr Place kUncounted = ~Place{0};
  struct Count {
    std::uint64_t key = 0;
    std::uint32_t calls = 0;  // 0: the place is anybody's
  };
  struct alignas(64) Set {
    std::mutex mutex;
    std::array<Count, kPlacesPerSet> counts{};
  };

  std::size_t mask_;
  std::unique_ptr<Set[]> sets_;
};

}  // namespace kmaas::traffic
