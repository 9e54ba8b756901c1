#include "hsm/worker/supervisor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/log.h"
#include "hsm/worker/supervisor_process.h"

namespace kmaas::hsm::worker {
namespace {

constexpr std::size_t kDescriptors = 2;
// Forking takes a millisecond; on a machine that is out of breath, seconds.
constexpr timeval kAnswerMax{10, 0};

Error Failed(const std::string& what) {
  return {ErrorCode::kKmsInternal,
          "supervisor of HSM workers: " + what + ": " + std::generic_category().message(errno)};
}

Error Silent(const std::string& detail) {
  return {ErrorCode::kDependencyTimeout,
          "The supervisor of HSM workers does not answer: start kmaasd anew.", detail};
}

// The descriptors that came with a packet are this process's now.
void TakeDescriptors(msghdr& header, Started& started) {
  for (cmsghdr* one = CMSG_FIRSTHDR(&header); one != nullptr; one = CMSG_NXTHDR(&header, one)) {
    if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_RIGHTS) continue;
    std::array<int, kDescriptors> received{-1, -1};
    const std::size_t bytes = std::min<std::size_t>(one->cmsg_len - CMSG_LEN(0), sizeof received);
    std::memcpy(received.data(), CMSG_DATA(one), bytes);
    started.memory = received[0];
    started.lifeline = received[1];
  }
}

void Close(const Started& started) {
  for (const int descriptor : {started.memory, started.lifeline})
    if (descriptor >= 0) ::close(descriptor);
}

// The next answer, whichever it is of.
Result<Answer> Receive(int control, Started& started) {
  Answer answer;
  iovec part{&answer, sizeof answer};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kDescriptors * sizeof(int))> space{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = space.data();
  header.msg_controllen = space.size();
  ssize_t got = 0;
  do {
    got = ::recvmsg(control, &header, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return Silent("it has ended");
  if (got < 0) return Silent(std::generic_category().message(errno));
  TakeDescriptors(header, started);
  if (got != sizeof answer) return Silent("an answer of another form");
  return answer;
}

bool Send(int control, const Request& request) {
  ssize_t sent = 0;
  do {
    sent = ::send(control, &request, sizeof request, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == sizeof request;
}

}  // namespace

Result<std::shared_ptr<Supervisor>> Supervisor::Start(SupervisorOptions options) {
  const Layout layout = LayoutFor(options.calls);
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return Failed("socketpair");
  (void)::setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &kAnswerMax, sizeof kAnswerMax);
  const pid_t parent = ::getpid();
  const pid_t process = ::fork();
  if (process == 0) RunSupervisor(ends[1], parent, options, layout);
  ::close(ends[1]);
  if (process < 0) {
    Error error = Failed("fork");
    ::close(ends[0]);
    return error;
  }
  return std::shared_ptr<Supervisor>(
      new Supervisor(ends[0], process, std::move(options.modules), layout));
}

// Not waited for: it ends when it sees that this end is closed.
Supervisor::~Supervisor() { ::close(control_); }

Result<std::size_t> Supervisor::NumberOf(const ModuleSource& module) const {
  const auto found = std::find(modules_.begin(), modules_.end(), module);
  if (found == modules_.end())
    return Error{ErrorCode::kNotFound,
                 "The PKCS#11 module " + module.path + " is none that workers may load.",
                 "unknown module"};
  return static_cast<std::size_t>(found - modules_.begin());
}

Result<Started> Supervisor::StartWorker(std::size_t module) {
  const std::lock_guard lock(mutex_);
  const Request request{Request::What::kStart, ++requests_, module};
  if (!Send(control_, request)) return Silent("it has ended");
  for (;;) {
    Started started;
    auto answer = Receive(control_, started);
    const bool whole = answer && started.memory >= 0 && started.lifeline >= 0;
    if (whole && answer->number == request.number && answer->process > 0) {
      started.process = static_cast<pid_t>(answer->process);
      return started;
    }
    Close(started);
    if (!answer) return answer.error();
    // Of a request that nobody waited for any longer: that worker ends, since nobody has it.
    if (answer->number != request.number) continue;
    return Error{ErrorCode::kKmsInternal, "No HSM worker can be started.", "no process"};
  }
}

void Supervisor::Kill(pid_t worker) {
  const std::lock_guard lock(mutex_);
  const Request request{Request::What::kKill, ++requests_, static_cast<std::uint64_t>(worker)};
  if (!Send(control_, request)) log::Error("hsm_supervisor_ended", {{"worker", worker}});
}

}  // namespace kmaas::hsm::worker
