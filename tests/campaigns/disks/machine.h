// A machine whose disks are watched: what is done to the files of a service's store and audit trail
// is counted, written down, and fails when it is told to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "audit/append_file.h"
#include "base/clock.h"
#include "tests/component/storage/disk_log.h"
#include "tests/component/storage/faulty_vfs.h"
#include "tests/fakes/fake_token.h"
#include "tests/fakes/memory_anchor.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::campaigns {

// How a call of the disk fails.
enum class Trouble {
  kNone,
  kBroken,       // EIO
  kFull,         // ENOSPC, after half of what was to be written
  kShort,        // half is written, and said so
  kInterrupted,  // EINTR, and nothing was done
};

// Thread-safe. Counts the calls that change a file: write, cut, flush, delete.
class WatchedDisk {
 public:
  WatchedDisk();
  ~WatchedDisk();
  WatchedDisk(const WatchedDisk&) = delete;
  WatchedDisk& operator=(const WatchedDisk&) = delete;

  // The n-th call from now on fails, from 1; with `lasting` all after it too, until Heal.
  void Arm(std::uint64_t n, Trouble trouble, bool lasting);
  void Heal() { Arm(0, Trouble::kNone, false); }
  std::uint64_t calls() const;
  bool has_failed() const;
  // Borrowed; null: nothing is written down.
  void Record(storage::DiskLog* log);

  // For the store: its VFS is storage::FaultyVfs::kName. For the trail and its seals.
  const audit::FileCalls& calls_of_trail() const { return trail_calls_; }

 private:
  Trouble Step(bool is_flush);
  int StepOfStore(bool is_flush);

  mutable std::mutex mutex_;
  std::uint64_t calls_ = 0;
  std::uint64_t failing_call_ = 0;
  Trouble trouble_ = Trouble::kNone;
  bool lasting_ = false;
  bool has_failed_ = false;
  storage::DiskLog* log_ = nullptr;
  audit::FileCalls trail_calls_;
};

// Goes on by itself, because those who wait for the disk wait in real time, and jumps when told to.
class JumpingClock final : public Clock {
 public:
  WallTime Now() const override { return clock_.Now() + ahead(); }
  SteadyTime SteadyNow() const override { return clock_.SteadyNow() + ahead(); }
  void Advance(std::chrono::milliseconds span) { ahead_millis_ += span.count(); }
  std::chrono::milliseconds ahead() const { return std::chrono::milliseconds(ahead_millis_); }

 private:
  const SystemClock clock_;
  std::atomic<std::int64_t> ahead_millis_{0};
};

// What outlives a service: the files, the token, the clock.
struct Machine {
  fakes::TemporaryDirectory directory;
  std::shared_ptr<fakes::FakeToken> token = std::make_shared<fakes::FakeToken>();
  fakes::MemoryAnchor anchor;
  JumpingClock clock;
  fakes::SeededRandom random{1};

  std::string database() const { return directory.File("kmaas.db"); }
  std::string trail() const { return directory.File("audit"); }
};

}  // namespace kmaas::campaigns
