#include "tests/campaigns/disks/machine.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace kmaas::campaigns {
namespace {

std::string PathOf(int file) {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), error).string();
}

int ErrorOf(Trouble trouble) {
  return trouble == Trouble::kFull ? ENOSPC : trouble == Trouble::kInterrupted ? EINTR : EIO;
}

std::uint64_t SizeOf(int file) {
  struct stat found {};
  return ::fstat(file, &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

}  // namespace

WatchedDisk::WatchedDisk() {
  storage::FaultyVfs::Instance().Ask([this](bool is_flush) { return StepOfStore(is_flush); });
  trail_calls_.write = [this](int file, const void* bytes, std::size_t size) -> ssize_t {
    const Trouble trouble = Step(false);
    std::size_t written = size;
    if (trouble == Trouble::kBroken || trouble == Trouble::kInterrupted) written = 0;
    if (trouble == Trouble::kFull || trouble == Trouble::kShort) written = size / 2;
    if (written > 0) {
      if (log_ != nullptr)
        log_->Add({storage::DiskEntry::kWrite, PathOf(file), SizeOf(file),
                   std::string(static_cast<const char*>(bytes), written)});
      if (::write(file, bytes, written) < 0) return -1;
    }
    if (trouble == Trouble::kNone || trouble == Trouble::kShort)
      return static_cast<ssize_t>(written);
    errno = ErrorOf(trouble);
    return -1;
  };
  trail_calls_.truncate = [this](int file, off_t size) {
    if (const Trouble trouble = Step(false);
        trouble != Trouble::kNone && trouble != Trouble::kShort) {
      errno = ErrorOf(trouble);
      return -1;
    }
    if (log_ != nullptr)
      log_->Add({storage::DiskEntry::kCut, PathOf(file), static_cast<std::uint64_t>(size), ""});
    return ::ftruncate(file, size);
  };
  trail_calls_.sync = [this](int file) {
    if (const Trouble trouble = Step(true);
        trouble != Trouble::kNone && trouble != Trouble::kShort) {
      errno = ErrorOf(trouble);
      return -1;
    }
    if (log_ != nullptr) log_->Add({storage::DiskEntry::kFlush, PathOf(file), 0, ""});
    return 0;
  };
}

WatchedDisk::~WatchedDisk() {
  storage::FaultyVfs::Instance().Record(nullptr);
  storage::FaultyVfs::Instance().Ask({});
}

void WatchedDisk::Record(storage::DiskLog* log) {
  log_ = log;
  storage::FaultyVfs::Instance().Record(log);
}

void WatchedDisk::Arm(std::uint64_t n, Trouble trouble, bool lasting) {
  const std::lock_guard lock(mutex_);
  calls_ = 0;
  failing_call_ = n;
  trouble_ = trouble;
  lasting_ = lasting;
  has_failed_ = false;
}

std::uint64_t WatchedDisk::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

bool WatchedDisk::has_failed() const {
  const std::lock_guard lock(mutex_);
  return has_failed_;
}

Trouble WatchedDisk::Step(bool /*is_flush*/) {
  const std::lock_guard lock(mutex_);
  ++calls_;
  if (failing_call_ == 0 || calls_ < failing_call_) return Trouble::kNone;
  if (!lasting_ && calls_ > failing_call_) return Trouble::kNone;
  has_failed_ = true;
  return trouble_;
}

// SQLite's own layer below the VFS repeats short and interrupted writes, which FaultyVfs cannot
// make: of the store they are left to the library that fails system calls.
int WatchedDisk::StepOfStore(bool is_flush) {
  switch (Step(is_flush)) {
    case Trouble::kNone:
    case Trouble::kShort:
    case Trouble::kInterrupted:
      return SQLITE_OK;
    case Trouble::kFull:
      return is_flush ? SQLITE_IOERR_FSYNC : SQLITE_FULL;
    case Trouble::kBroken:
      break;
  }
  return is_flush ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
}

}  // namespace kmaas::campaigns
