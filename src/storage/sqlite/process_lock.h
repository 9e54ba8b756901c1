// That one process at a time serves a database.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace kmaas::storage {

// An flock(2) on a file beside the database, which holds the owner's process id for the message.
// The kernel drops it with the process, however that ends; the file stays. Movable.
class ProcessLock {
 public:
  // `message` of the error is for the operator.
  static Result<ProcessLock> Take(const std::string& path);
  ProcessLock(ProcessLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  ProcessLock& operator=(ProcessLock&&) = delete;
  ProcessLock(const ProcessLock&) = delete;
  ~ProcessLock();

 private:
  explicit ProcessLock(int file) : file_(file) {}
  int file_;
};

}  // namespace kmaas::storage
