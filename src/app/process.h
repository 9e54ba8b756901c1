// What the process does to itself before it holds a secret, and how it tells others that it runs.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "app/config.h"
#include "base/result.h"

namespace kmaas::app {

// Files are made for the owner alone (umask 077); unless process.core_dumps, no core dumps and no
// tracing; with process.lock_memory, no swapping. Call first, before there are threads.
Result<void> HardenProcess(const ProcessConfig& process);

// Sets the variables of hsm.environment, which modules read. Call before there are threads.
void SetModuleEnvironment(const HsmConfig& hsm);

// Holds the process id and a newline while it lives. Movable.
class PidFile {
 public:
  PidFile() = default;  // none
  // Replaces a file that is there: a PID file says nothing about whether its process lives.
  static Result<PidFile> Write(const std::string& path);
  PidFile(PidFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PidFile& operator=(PidFile&& other) noexcept;
  ~PidFile() { Remove(); }
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;
  void Remove();

 private:
  explicit PidFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Tells the service manager, by sd_notify(3)'s protocol: "READY=1", "STOPPING=1".
// Does nothing when NOTIFY_SOCKET is not set.
void NotifyServiceManager(std::string_view state);

}  // namespace kmaas::app
