// In which members of a group resident keys were found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include "domain/ids.h"

namespace kmaas::hsm {

// Thread-safe. What is not known is sought again, so that it may forget: all at once, when it has
// as many as it may.
class ResidentPlaces {
 public:
  using Members = std::uint64_t;  // a bit for each
  static constexpr std::size_t kMembersMax = 64;

  explicit ResidentPlaces(std::size_t keys_max = 65'536) : keys_max_(keys_max) {}

  void Note(const domain::MaterialId& id, std::size_t member) {
    const std::lock_guard lock(mutex_);
    if (places_.size() >= keys_max_) places_.clear();
    places_[id] |= Members{1} << member;
  }
  void Forget(const domain::MaterialId& id) {
    const std::lock_guard lock(mutex_);
    places_.erase(id);
  }
  // Zero: not known.
  Members Of(const domain::MaterialId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(id);
    return found == places_.end() ? 0 : found->second;
  }

 private:
  const std::size_t keys_max_;
  mutable std::mutex mutex_;
  std::map<domain::MaterialId, Members> places_;
};

}  // namespace kmaas::hsm
