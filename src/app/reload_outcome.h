// What became of the last reload, for `kmaas reload`: a file in the data directory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/config.h"
#include "base/result.h"

namespace kmaas::app {

// Of CLOCK_MONOTONIC, which all processes of a machine share; the service manager wants it too.
std::uint64_t MonotonicMicroseconds();

struct ReloadOutcome {
  std::uint64_t began = 0;  // before the configuration was read
  bool taken = false;
  std::string why;  // for the operator; empty when it was taken
};

// Replaces the file of the last one.
Result<void> WriteReloadOutcome(const Config& config, const ReloadOutcome& outcome);
// None when there is no whole one.
std::optional<ReloadOutcome> ReadReloadOutcome(const Config& config);

}  // namespace kmaas::app
