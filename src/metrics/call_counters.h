// How many calls, of which operations, how they ended, how long they took.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/observed_call.h"

namespace kmaas::metrics {

class Page;

// Thread-safe once it observes. A call costs a look into a table that never changes and a few
// relaxed additions; there is no lock, and nothing is allocated.
class CallCounters final : public core::CallObserver {
 public:
  CallCounters();

  // Before anything is observed. Borrows the registry's operations; calls of others count as
  // unknown.
  void Add(const core::Registry& registry);

  void Began(core::FrontEnd front_end) noexcept override;
  void Ended(const core::EndedCall& call) noexcept override;
  void TurnedAway(core::FrontEnd front_end) noexcept override;

  // Operations that were not called yet are left out: there are more than a hundred.
  void Write(Page& page) const;

  // Upper bounds of the classes of durations; one more class has what is longer.
  static constexpr std::array<std::int64_t, 14> kBoundsMicros{
      100,    250,    500,     1'000,   2'500,     5'000,     10'000,
      25'000, 50'000, 100'000, 250'000, 1'000'000, 5'000'000, 30'000'000};

 private:
  static constexpr std::size_t kErrors =
      static_cast<std::size_t>(ErrorCode::kPackedPolicyTooLarge) + 1;
  using Count = std::atomic<std::uint64_t>;

  struct alignas(64) Tally {
    std::string service;
    std::string operation;
    std::array<Count, core::kFrontEnds> calls{};
    std::array<Count, kErrors + 1> errors{};  // the last: of a code that is not known here
    std::array<Count, kBoundsMicros.size() + 1> durations{};
    Count nanos{0};
  };
  struct alignas(64) Door {
    std::atomic<std::int64_t> in_flight{0};
    Count turned_away{0};
  };

  Tally& TallyOf(const core::Operation* operation) noexcept;
  static void WriteTally(const Tally& tally, Page& page);

  std::vector<std::unique_ptr<Tally>> tallies_;  // the first: of no operation
  std::unordered_map<const core::Operation*, Tally*> by_operation_;
  std::array<Door, core::kFrontEnds> doors_;
};

}  // namespace kmaas::metrics
