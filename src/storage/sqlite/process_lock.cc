#include "storage/sqlite/process_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/log.h"

namespace kmaas::storage {
namespace {

std::string OwnerOf(int file) {
  std::array<char, 32> text{};
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  std::string owner(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!owner.empty() && owner.back() == '\n') owner.pop_back();
  return owner.empty() ? "another process" : "process " + owner;
}

Error Refusal(const std::string& message) { return {ErrorCode::kKmsInternal, message, message}; }

}  // namespace

Result<ProcessLock> ProcessLock::Take(const std::string& path) {
  ProcessLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.file_ < 0) {
    return Refusal("cannot write " + path + ": " + std::generic_category().message(errno) +
                   ". The directory of the database must be writable by the user that kmaasd runs "
                   "as, on a file system that is not read-only.");
  }
  if (flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return Refusal("cannot lock " + path + ": " + std::generic_category().message(errno));
    return Refusal("the database is in use by " + OwnerOf(lock.file_) + " (it holds " + path +
                   "). One process at a time may serve a database: stop that one first.");
  }
  // Only for the message above, so a failure to write it is no failure to lock.
  const std::string owner = std::to_string(getpid()) + "\n";
  const auto size = static_cast<ssize_t>(owner.size());
  if (ftruncate(lock.file_, 0) != 0 || pwrite(lock.file_, owner.data(), owner.size(), 0) != size)
    log::Debug("lock_owner_not_written", {{"file", path}});
  return lock;
}

ProcessLock::~ProcessLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace kmaas::storage
