#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/campaigns/disks/campaigns.h"
#include "tests/campaigns/disks/inspection.h"

namespace kmaas::campaigns {
namespace {

// How long a fault that lasts goes on, in operations.
constexpr std::size_t kTroubledOperations = 6;
// Far less, where the machine has nothing else to do.
constexpr std::chrono::seconds kGoesOnMax{3};

// What a caller may be told of a disk that fails: to try again; and later, that something is not as
// it would be if the call had been done.
bool IsClear(const Error& error) {
  switch (error.code) {
    case ErrorCode::kDependencyTimeout:
    case ErrorCode::kKmsInternal:
    case ErrorCode::kThrottling:
    case ErrorCode::kKmsInvalidState:
    case ErrorCode::kUnsupportedOperation:
    case ErrorCode::kDisabled:
    case ErrorCode::kNotFound:
      return true;
    default:
      return false;
  }
}

// One run of the script.
class Trial {
 public:
  Trial(WatchedDisk& disk, std::string name, Tally& tally)
      : disk_(disk), name_(std::move(name)), tally_(tally) {}

  // Whether a call failed.
  bool Run(std::uint64_t n, Trouble trouble, bool lasting, std::size_t operations) {
    disk_.Heal();
    auto server = Server::Start(machine_, At());
    if (!server) throw std::runtime_error(server.error().message);
    disk_.Arm(n, trouble, lasting);
    std::size_t troubled = 0;
    for (std::size_t number = 0; number < operations; ++number) {
      Take(script_.Run(**server, number));
      if (!disk_.has_failed() || ++troubled < kTroubledOperations) continue;
      disk_.Heal();
      healed_ = true;
    }
    const bool failed = healed_ || disk_.has_failed();
    disk_.Heal();
    GoesOn(**server);
    InspectRunning(**server, script_, ++moment_, name_, tally_);
    server->reset();
    if (failed) Inspect(machine_, At(), script_, ++moment_, name_, tally_);
    return failed;
  }

 private:
  Server::Disk At() const { return {&disk_.calls_of_trail(), storage::FaultyVfs::kName}; }
  void Take(const Result<void>& outcome) {
    // A busy machine makes calls late, which is no fault.
    if (outcome || outcome.error().code == ErrorCode::kThrottling) return;
    if (!disk_.has_failed() && !healed_) {
      ++tally_.stuck;
      tally_.Note(name_, "failed before any fault: " + outcome.error().message + " " +
                             outcome.error().detail);
    } else if (!IsClear(outcome.error())) {
      ++tally_.unclear;
      tally_.Note(name_, "told: " + outcome.error().message + " " + outcome.error().detail);
    }
  }
  // A key is made soon after the disk has healed, which is told to nobody. A commit that failed may
  // stand in the WAL until the next one takes its place: without that it would come back here.
  void GoesOn(Server& server) {
    const auto until = std::chrono::steady_clock::now() + kGoesOnMax;
    Result<void> made = script_.Run(server, 0);
    while (!made && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
      made = script_.Run(server, 0);
    }
    if (made) return;
    ++tally_.stuck;
    tally_.Note(name_, "does not go on: " + made.error().message + " " + made.error().detail);
  }

  WatchedDisk& disk_;
  const std::string name_;
  Tally& tally_;
  Machine machine_;
  std::uint64_t moment_ = 0;
  bool healed_ = false;
  Script script_{machine_, [this] { return ++moment_; }};
};

}  // namespace

Tally FailCalls(Trouble trouble, bool lasting, std::uint64_t first, std::uint64_t step,
                std::size_t operations) {
  Tally tally;
  WatchedDisk disk;
  for (std::uint64_t n = first;; n += step) {
    Trial trial(disk, "call " + std::to_string(n), tally);
    if (!trial.Run(n, trouble, lasting, operations)) return tally;
  }
}

}  // namespace kmaas::campaigns
