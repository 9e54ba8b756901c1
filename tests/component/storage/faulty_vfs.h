// An SQLite VFS that fails writes, flushes and cuts when told to, and writes down what it is asked
// to do.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "tests/component/storage/disk_log.h"

namespace kmaas::storage {

enum class Fault {
  kOnce,     // the n-th call fails, the ones after it succeed
  kFromNow,  // the n-th call and all after it, until Heal
};

// One per process, registered under kName over the default VFS. Counts the calls that change a
// file: write, flush, cut, delete. Flushes reach no disk, which would cost time and show nothing:
// no test switches the machine off. Thread-safe.
class FaultyVfs {
 public:
  static constexpr const char* kName = "kmaas-faulty";
  static FaultyVfs& Instance();

  // `n` from 1. A write or cut fails with `write_code`, a flush with SQLITE_IOERR_FSYNC.
  void Arm(std::uint64_t n, Fault fault, int write_code);
  void Heal() { Arm(0, Fault::kOnce, SQLITE_IOERR_WRITE); }
  // Calls since Arm; whether one has failed.
  std::uint64_t calls() const;
  bool has_failed() const;

  // Asked before each call, with whether it is a flush: the code to fail with, or SQLITE_OK. Beside
  // what is armed; empty: nobody is.
  void Ask(std::function<int(bool)> judge);

  // What is done from now on is entered in `log`; null: nowhere. Borrowed.
  void Record(DiskLog* log);

  // Called by the files. The code to fail with, or SQLITE_OK.
  int Step(bool is_flush);
  void Enter(DiskEntry entry);

 private:
  FaultyVfs();
  mutable std::mutex mutex_;
  std::uint64_t calls_ = 0;
  std::uint64_t failing_call_ = 0;
  Fault fault_ = Fault::kOnce;
  int write_code_ = SQLITE_IOERR_WRITE;
  bool has_failed_ = false;
  DiskLog* log_ = nullptr;
  std::function<int(bool)> judge_;
};

}  // namespace kmaas::storage
