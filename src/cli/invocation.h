// What one run of kmaas is: where it writes, what all commands take, and what it shall do.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <ostream>
#include <string>

#include "app/config.h"
#include "app/foundation.h"
#include "base/clock.h"
#include "base/result.h"

namespace kmaas::cli {

// Lives as long as the run. Commands store their action; Run() does it after parsing.
struct Invocation {
  Invocation(std::ostream& output, std::ostream& errors) : out(output), err(errors) {}

  std::ostream& out;
  std::ostream& err;
  SystemClock clock;
  std::string config_file = "/etc/kmaas/kmaas.yaml";
  bool json = false;
  // An error ends the program with exit status 1 and its message.
  std::function<Result<void>()> action;

  // Options that are alike in every command that has them.
  void AddConfigOption(CLI::App& command);
  void AddJsonOption(CLI::App& command);

  Result<app::Config> Load() const;
};

// The user PIN as the configuration says, else asked at the terminal.
Result<SecretBytes> ObtainUserPin(const app::HsmConfig& hsm);
// Those of all tokens, likewise.
Result<app::UserPins> ObtainUserPins(const app::HsmConfig& hsm);

// Token and store for a command that only reads; works beside a running kmaasd.
Result<app::Foundation> OpenForReading(const app::Config& config, const Clock& clock);
// The same with PINs that were obtained already: a variable, or a person, gives them once.
Result<app::Foundation> OpenForReading(const app::Config& config, app::UserPins pins,
                                       const Clock& clock);

}  // namespace kmaas::cli
