// `kmaas backup`: what a node needs to be made anew, in one file that only its token opens.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/config.h"
#include "app/user_pins.h"
#include "backup/header.h"
#include "base/clock.h"
#include "base/result.h"

namespace kmaas::app {

// The parts of a backup, in their order.
inline constexpr std::string_view kConfigurationPart = "kmaas.yaml";
inline constexpr std::string_view kPrincipalsPart = "grpc-principals.yaml";
inline constexpr std::string_view kDatabasePart = "kmaas.db";

// "copying the database", how much of it is done, and all of it.
using StepProgress =
    std::function<void(std::string_view step, std::uint64_t done, std::uint64_t all)>;

struct BackupReport {
  backup::Header header;
  std::uint64_t bytes = 0;  // of the file
};

// Works beside a running server, whose writers do not wait. `file` must not exist, and stands there
// only when it is whole and on the disk; what is only needed meanwhile lies beside it, as large as
// the database. Has every change that was acknowledged before the call. Refuses a database that is
// not as kmaas wrote it, or older than what the token or the audit trail remember. Every error is
// for the operator. Borrows the clock.
Result<BackupReport> MakeBackup(const Config& config, UserPins user_pins, const std::string& file,
                                const StepProgress& progress, const Clock& clock);

}  // namespace kmaas::app
