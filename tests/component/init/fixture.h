// A token of SoftHSM, a directory, and `kmaas init` upon them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/initialisation.h"
#include "hsm/inspection.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fakes/soft_token.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::app {

// Every path below a directory with type, mode and content: two that are equal hold the same.
using Contents = std::map<std::string, std::string>;
Contents ReadTree(const std::string& directory);
// The paths that are not alike in both.
std::vector<std::string> Changes(const Contents& before, const Contents& after);
std::string ReadFile(const std::string& path);
// In octal: "600".
std::string ModeOf(const std::string& path);

class Init : public testing::Test {
 protected:
  Init();

  void NewToken() { token_.emplace(fakes::SoftToken::Create()); }
  // The text of a configuration with `more` settings; data below data_.
  std::string Settings(const std::string& more = "") const;
  // The same, read.
  Config Configure(const std::string& more = "") const;
  InitialisationOptions Options() const;
  Result<InitialisationReport> Initialise(const Config& config, InitialisationOptions options) {
    return app::Initialise(config, std::move(options), random_, clock_);
  }
  // "done", or what it was refused with.
  std::string Outcome(const Config& config, InitialisationOptions options) {
    const auto report = Initialise(config, std::move(options));
    return report ? "done" : report.error().message;
  }
  std::string File(const std::string& name) const { return data_ + "/" + name; }
  // The objects of the token. SoftHSM counts logins in two further files.
  Contents TokenFiles() const;
  // Labels with generations of the keys of kmaas in the token.
  std::vector<std::string> TokenObjects() const;

  std::optional<fakes::SoftToken> token_;
  fakes::TemporaryDirectory directory_;
  const std::string data_ = directory_.File("data");
  fakes::SeededRandom random_;
  fakes::ManualClock clock_;
};

}  // namespace kmaas::app
