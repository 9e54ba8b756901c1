#include "hsm/worker/supervisor_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>

#include "base/log.h"
#include "hsm/worker/worker_process.h"

namespace kmaas::hsm::worker {
namespace {

constexpr int kFailed = 3;
constexpr int kFirstOther = STDERR_FILENO + 1;
// More than any configuration has engines: what asks for more has gone wild.
constexpr std::size_t kWorkersMax = 64;

[[noreturn]] void Leave(const std::string& why) {
  log::Error("hsm_supervisor_not_started", {{"detail", why}});
  ::_exit(kFailed);
}

// A parent that is gone already sends no signal.
void DieWith(pid_t parent) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || ::getppid() != parent) ::_exit(kFailed);
}

// Whoever ends the server's group of processes means the server, which ends these when its calls
// have ended.
void LeaveSignalsToTheServer() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE})
    (void)std::signal(number, SIG_IGN);
}

// All but the standard ones and `kept`, which gets the first number after them.
int CloseOthers(int kept) {
  if (kept != kFirstOther && ::dup2(kept, kFirstOther) < 0) Leave("dup2");
  if (::close_range(kFirstOther + 1, ~0U, 0) != 0) Leave("close_range");
  (void)::fcntl(kFirstOther, F_SETFD, FD_CLOEXEC);
  return kFirstOther;
}

class SupervisorLoop {
 public:
  SupervisorLoop(int control, const SupervisorOptions& options, const Layout& layout)
      : control_(control), options_(options), layout_(layout) {
    ::sigemptyset(&children_changed_);
    ::sigaddset(&children_changed_, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &children_changed_, nullptr);
    changes_ = ::signalfd(-1, &children_changed_, SFD_CLOEXEC | SFD_NONBLOCK);
    if (changes_ < 0) Leave("signalfd");
  }

  [[noreturn]] void Run() {
    for (;;) {
      std::array<pollfd, 2> events{{{control_, POLLIN, 0}, {changes_, POLLIN, 0}}};
      if (::poll(events.data(), events.size(), -1) < 0 && errno != EINTR) ::_exit(kFailed);
      if (events[1].revents != 0) Reap();
      if (events[0].revents != 0) Hear();
    }
  }

 private:
  void Hear() {
    Request request;
    const ssize_t got = ::recv(control_, &request, sizeof request, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    // The server is gone; the kernel ends the workers.
    if (got <= 0) ::_exit(0);
    if (got != sizeof request) return;
    if (request.what == Request::What::kStart) return Start(request);
    if (request.what == Request::What::kKill) Kill(request.argument);
  }

  void Kill(std::uint64_t process) {
    const auto found = std::find(workers_.begin(), workers_.end(), static_cast<pid_t>(process));
    if (found != workers_.end()) ::kill(*found, SIGKILL);
  }

  void Reap() {
    signalfd_siginfo ignored{};
    while (::read(changes_, &ignored, sizeof ignored) > 0) {
    }
    int status = 0;
    for (pid_t process = 0; (process = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      std::erase(workers_, process);
      if (WIFSIGNALED(status))
        log::Error("hsm_worker_died", {{"process", process}, {"signal", WTERMSIG(status)}});
    }
  }

  void Start(const Request& request) {
    std::array<int, 2> lifeline{-1, -1};
    const auto memory = workers_.size() < kWorkersMax && request.argument < options_.modules.size()
                            ? Region::MakeFile(layout_)
                            : Result<int>(Error{ErrorCode::kValidation, "no such worker"});
    pid_t process = -1;
    if (memory && ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, lifeline.data()) == 0)
      process = Fork(*memory, lifeline, options_.modules[request.argument]);
    if (process > 0) workers_.push_back(process);
    Tell({request.number, process}, memory ? *memory : -1, lifeline[0]);
    for (const int descriptor : {memory ? *memory : -1, lifeline[0], lifeline[1]})
      if (descriptor >= 0) ::close(descriptor);
  }

  pid_t Fork(int memory, const std::array<int, 2>& lifeline, const ModuleSource& module) {
    const pid_t parent = ::getpid();
    const pid_t process = ::fork();
    if (process != 0) return process;
    DieWith(parent);
    ::close(control_);
    ::close(changes_);
    ::close(lifeline[0]);
    ::sigprocmask(SIG_UNBLOCK, &children_changed_, nullptr);
    RunWorker(memory, lifeline[1], layout_, module, options_.confinement);
  }

  void Tell(Answer answer, int memory, int lifeline) const {
    iovec part{&answer, sizeof answer};
    const std::array<int, 2> descriptors{memory, lifeline};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> space{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (answer.process > 0) {
      header.msg_control = space.data();
      header.msg_controllen = space.size();
      cmsghdr* one = CMSG_FIRSTHDR(&header);
      one->cmsg_level = SOL_SOCKET;
      one->cmsg_type = SCM_RIGHTS;
      one->cmsg_len = CMSG_LEN(sizeof descriptors);
      std::memcpy(CMSG_DATA(one), descriptors.data(), sizeof descriptors);
    }
    // A server that does not hear it any more is told nothing.
    (void)::sendmsg(control_, &header, MSG_NOSIGNAL);
  }

  const int control_;
  const SupervisorOptions& options_;
  const Layout layout_;
  sigset_t children_changed_{};
  int changes_ = -1;
  std::vector<pid_t> workers_;
};

}  // namespace

void RunSupervisor(int control, pid_t parent, const SupervisorOptions& options,
                   const Layout& layout) {
  try {
    DieWith(parent);
    LeaveSignalsToTheServer();
    (void)::prctl(PR_SET_NAME, "kmaas-hsm-start", 0, 0, 0);
    const int own_control = CloseOthers(control);
    if (options.confinement.of_files) {
      if (const auto confined = options.confinement.of_files(); !confined)
        Leave(confined.error().message);
    }
    SupervisorLoop(own_control, options, layout).Run();
  } catch (const std::exception& failure) {
    Leave(failure.what());
  }
}

}  // namespace kmaas::hsm::worker
