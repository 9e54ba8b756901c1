#include "app/reload_outcome.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>

#include "app/private_file.h"

namespace kmaas::app {
namespace {

constexpr std::uint64_t kMicrosPerSecond = 1'000'000;
constexpr long kNanosPerMicro = 1000;

std::string FileOf(const Config& config) { return config.data_directory + "/reload.outcome"; }

}  // namespace

std::uint64_t MonotonicMicroseconds() {
  std::timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * kMicrosPerSecond +
         static_cast<std::uint64_t>(now.tv_nsec / kNanosPerMicro);
}

// "123456 refused" and a newline, then the reason.
Result<void> WriteReloadOutcome(const Config& config, const ReloadOutcome& outcome) {
  const std::string path = FileOf(config);
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  KM_CHECK(WriteNewFile(
      fresh,
      std::to_string(outcome.began) + (outcome.taken ? " taken" : " refused") + "\n" + outcome.why,
      kPrivateFile));
  if (std::rename(fresh.c_str(), path.c_str()) != 0)
    return Error{ErrorCode::kKmsInternal, path + ": cannot be replaced: " + ErrnoText(errno)};
  return {};
}

std::optional<ReloadOutcome> ReadReloadOutcome(const Config& config) {
  std::ifstream stream(FileOf(config), std::ios::binary);
  ReloadOutcome outcome;
  std::string word;
  if (!(stream >> outcome.began >> word) || stream.get() != '\n') return std::nullopt;
  if (word != "taken" && word != "refused") return std::nullopt;
  outcome.taken = word == "taken";
  std::ostringstream why;
  why << stream.rdbuf();
  outcome.why = why.str();
  return outcome;
}

}  // namespace kmaas::app
