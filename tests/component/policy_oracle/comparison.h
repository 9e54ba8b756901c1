// Engine and oracle side by side over generated worlds.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tests/component/policy_oracle/model.h"
#include "tests/component/policy_oracle/oracle.h"

namespace kmaas::policy_oracle {

inline constexpr std::uint64_t kAsksPerWorld = 50;

// The seed of one world of a trial.
std::uint64_t WorldSeed(std::uint64_t seed, std::uint64_t world);

struct Outcomes {
  std::array<std::uint64_t, kVerdicts> counts{};  // by the engine's verdict
  std::uint64_t decisions = 0;
  std::optional<std::uint64_t> first_world;  // in which they disagree
  std::string report;                        // of it, with what has nothing to do with it left out

  double Share(Verdict verdict) const;
};

struct Trial {
  std::uint64_t decisions = 1'000'000;
  std::uint64_t seed = 1;
  unsigned threads = 1;
  Rules rules = {};  // the oracle's
  // What the engine is asked instead, to see that it would be noticed; empty: just the question.
  std::function<Ask(const Ask&)> perturb = nullptr;
};

// Stops at the first disagreement.
Outcomes Compare(const Trial& trial);

}  // namespace kmaas::policy_oracle
