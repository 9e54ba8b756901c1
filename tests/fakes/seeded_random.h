// Randomness that repeats: the same seed gives the same bytes.
#pragma once

#include <mutex>
#include <random>

#include "ports/random_source.h"

namespace kmaas::fakes {

// Thread-safe; never for production.
class SeededRandom final : public ports::RandomSource {
 public:
  explicit SeededRandom(std::uint32_t seed = 1) : engine_(seed) {}
  void Fill(MutableByteView out) override {
    const std::lock_guard lock(mutex_);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mutex mutex_;
  std::mt19937 engine_;
};

}  // namespace kmaas::fakes
