#include "app/process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "app/private_file.h"

namespace kmaas::app {
namespace {

Error Failed(const std::string& what) {
  return {ErrorCode::kKmsInternal, what + ": " + ErrnoText(errno)};
}

}  // namespace

Result<void> HardenProcess(const ProcessConfig& process) {
  ::umask(077);
  if (!process.core_dumps) {
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0) return Failed("core dumps cannot be turned off");
  }
  // Said in either case: whoever has changed his user cannot be traced any more.
  if (::prctl(PR_SET_DUMPABLE, process.core_dumps ? 1 : 0, 0, 0, 0) != 0)
    return Failed("tracing cannot be turned off, or on");
  if (process.lock_memory && ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
    return Failed(
        "process.lock_memory: memory cannot be locked; raise RLIMIT_MEMLOCK (systemd: "
        "LimitMEMLOCK=infinity) or set it to false");
  }
  return {};
}

void SetModuleEnvironment(const HsmConfig& hsm) {
  for (const auto& [name, value] : hsm.environment) ::setenv(name.c_str(), value.c_str(), 1);
}

Result<PidFile> PidFile::Write(const std::string& path) {
  // Renamed into place: a reader never sees half a number.
  const std::string fresh = path + "." + std::to_string(::getpid());
  ::unlink(fresh.c_str());
  if (auto written = WriteNewFile(fresh, std::to_string(::getpid()) + "\n", kPublicFile);
      !written) {
    return Error{written.error().code, "process.pid_file: " + written.error().message};
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    const Error error = Failed("process.pid_file: " + path);
    ::unlink(fresh.c_str());
    return error;
  }
  return PidFile(path);
}

PidFile& PidFile::operator=(PidFile&& other) noexcept {
  Remove();
  path_ = std::exchange(other.path_, {});
  return *this;
}

void PidFile::Remove() {
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

void NotifyServiceManager(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || (*path != '/' && *path != '@')) return;
  const std::string_view name(path);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() >= sizeof(address.sun_path)) return;
  std::copy(name.begin(), name.end(), address.sun_path);
  if (name.front() == '@') address.sun_path[0] = '\0';  // an abstract socket
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  // A service manager that is gone is no reason to stop serving.
  ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address),
           size);
  ::close(socket);
}

}  // namespace kmaas::app
