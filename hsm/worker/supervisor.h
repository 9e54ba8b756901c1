// The process that starts HSM workers and ends them: forked while the program is small and alone,
// since the server itself may not fork once it is confined.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "hsm/worker/options.h"
#include "hsm/worker/region.h"

namespace kmaas::hsm::worker {

// A worker that was just started; whoever gets it owns the descriptors.
struct Started {
  pid_t process = 0;
  int memory = -1;
  int lifeline = -1;
};

// The server's end. Thread-safe. The supervisor holds no secret and reads nothing but the numbers
// that this sends it; it and its workers end with this object, and with the process that made it.
class Supervisor {
 public:
  // Forks; so call it while the process has one thread, and before it holds a secret, which would
  // be copied. Descriptors beyond the standard ones are closed in the supervisor.
  static Result<std::shared_ptr<Supervisor>> Start(SupervisorOptions options);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  const Layout& layout() const { return layout_; }
  pid_t process() const { return process_; }
  // The number of a module among those that may be loaded; kNotFound for any other.
  Result<std::size_t> NumberOf(const ModuleSource& module) const;
  // kDependencyTimeout when the supervisor does not answer.
  Result<Started> StartWorker(std::size_t module);
  // At once, whatever it is doing. Nothing happens to a process that is no worker.
  void Kill(pid_t worker);

 private:
  Supervisor(int control, pid_t process, std::vector<ModuleSource> modules, const Layout& layout)
      : control_(control), process_(process), modules_(std::move(modules)), layout_(layout) {}

  const int control_;
  const pid_t process_;
  const std::vector<ModuleSource> modules_;
  const Layout layout_;
  std::mutex mutex_;  // one request at a time
  std::uint64_t requests_ = 0;
};

}  // namespace kmaas::hsm::worker
