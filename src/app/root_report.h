// How the generations of roots stand: in the token, in the database, on the way from one to
// another.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/foundation.h"
#include "lifecycle/root_rotation.h"
#include "ports/random_source.h"
#include "records/root_use.h"

namespace kmaas::app {

struct RootReport {
  std::uint32_t in_use = 0;                              // wraps new material
  std::vector<std::uint32_t> in_token;                   // whole generations, ascending
  std::optional<records::RootUse> use;                   // none: no root was ever rotated
  std::map<std::uint32_t, std::uint64_t> by_generation;  // wrapped materials, of all Regions
  // What no root wraps.
  std::uint64_t resident = 0;
  std::uint64_t process = 0;

  std::uint64_t elsewhere() const;  // not under the generation in use
  // Per second since it was taken into use, until the last one; nothing before the first.
  std::optional<double> rate() const;
  std::optional<std::chrono::seconds> time_left() const;
};

// Reads every material; for operators.
Result<RootReport> ReportRoots(Foundation& foundation);

// For whoever rotates over this foundation; borrows all, and `region` is a copy.
lifecycle::RootRotation::Parts RotationParts(Foundation& foundation, core::Outbox& outbox,
                                             ports::AuditSink& trail, std::string region,
                                             ports::RandomSource& random, const Clock& clock);

}  // namespace kmaas::app
