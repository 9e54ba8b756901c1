#include "tests/attacker/actions.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>

namespace kmaas::attacker {
namespace {

constexpr long kNowhere = 1;  // an address that nothing is at
constexpr std::size_t kPage = 4096;
constexpr long kUserModeOnly = 1;  // userfaultfd(2)
constexpr long kSessionKeyring = -3;
constexpr long kAsk = 0xffffffff;  // personality(2)
constexpr mode_t kSetUserId = 04755;

struct Action {
  const char* name;
  std::function<long()> act;  // -1 and errno, as system calls do
};
using Actions = std::vector<Action>;

// The C library's own functions do more than one call, so calls are made by number.
template <class... Arguments>
long Call(long number, Arguments... arguments) {
  return ::syscall(number, arguments...);
}

// A child that got through ends at once.
long EndChild(long pid) {
  if (pid == 0) Call(SYS_exit_group, 0);
  if (pid > 0) ::waitpid(static_cast<pid_t>(pid), nullptr, __WALL);
  return pid;
}

long Closed(long file) {
  if (file >= 0) ::close(static_cast<int>(file));
  return file;
}

long Open(const std::string& path, int flags) {
  return Closed(Call(SYS_openat, AT_FDCWD, path.c_str(), flags | O_CLOEXEC, 0600));
}

// The library that this code is in, as any other that is loaded.
long WriteOwnLibrary() {
  Dl_info found{};
  if (::dladdr(reinterpret_cast<void*>(&TryAll), &found) == 0) return 0;
  return Open(found.dli_fname, O_WRONLY);
}

long SetSameLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NPROC, &limit);
  return Call(SYS_prlimit64, 0, RLIMIT_NPROC, &limit, nullptr);
}

void AddPrograms(Actions& actions) {
  static const char* none[] = {nullptr};
  actions.insert(
      actions.end(),
      {{"run a program", [] { return Call(SYS_execve, "/nonexistent/kmaas", none, none); }},
       {"run an open file", [] { return Call(SYS_execveat, -1, "", none, none, AT_EMPTY_PATH); }},
       {"make a process", [] { return EndChild(Call(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }},
       {"make a process in a namespace of its own",
        [] { return EndChild(Call(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)); }},
       {"make a process by clone3", [] { return Call(SYS_clone3, nullptr, 0); }},
       {"memory as a file to run", [] { return Closed(Call(SYS_memfd_create, "x", 0)); }},
       {"memory to write and run",
        [] {
          return Call(SYS_mmap, 0, kPage, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        }},
       {"run what was written", [] {
          void* page =
              ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          return Call(SYS_mprotect, page, kPage, PROT_READ | PROT_EXEC);
        }}});
}

void AddOthersProcesses(Actions& actions) {
  constexpr int kNobody = 1 << 22;  // no process has this number
  actions.insert(
      actions.end(),
      {{"trace a process", [] { return Call(SYS_ptrace, 3 /* PTRACE_PEEKUSER */, kNobody, 0, 0); }},
       {"read another's memory",
        [] { return Call(SYS_process_vm_readv, kNobody, nullptr, 0, nullptr, 0, 0); }},
       {"signal a process", [] { return Call(SYS_kill, ::getppid(), 0); }},
       {"have the kernel signal a process",
        [] { return Call(SYS_fcntl, 0, F_SETOWN, ::getppid()); }},
       {"choose the signal of a file", [] { return Call(SYS_fcntl, 0, F_SETSIG, SIGKILL); }},
       {"make another less urgent",
        [] { return Call(SYS_setpriority, PRIO_PROCESS, ::getppid(), 19); }},
       {"hold a process", [] { return Closed(Call(SYS_pidfd_open, ::getppid(), 0)); }}});
}

void AddPowers(Actions& actions) {
  actions.insert(
      actions.end(),
      {{"change the user", [] { return Call(SYS_setresuid, -1, -1, -1); }},
       {"change the group", [] { return Call(SYS_setresgid, -1, -1, -1); }},
       {"set capabilities", [] { return Call(SYS_capset, kNowhere, kNowhere); }},
       {"mount", [] { return Call(SYS_mount, kNowhere, kNowhere, kNowhere, 0, 0); }},
       {"leave namespaces", [] { return Call(SYS_unshare, CLONE_NEWUSER); }},
       {"enter a namespace", [] { return Call(SYS_setns, -1, 0); }},
       {"change the root directory", [] { return Call(SYS_chroot, kNowhere); }},
       {"use the kernel's key rings", [] { return Call(SYS_keyctl, 0, kSessionKeyring, 0); }},
       {"use io_uring past the filter", [] { return Call(SYS_io_uring_setup, 1, kNowhere); }},
       {"handle page faults", [] { return Closed(Call(SYS_userfaultfd, kUserModeOnly)); }},
       {"watch the processor", [] { return Call(SYS_perf_event_open, kNowhere, 0, -1, -1, 0); }},
       {"change the personality", [] { return Call(SYS_personality, kAsk); }},
       {"allow core dumps and tracing",
        [] { return Call(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0); }},
       {"change limits", SetSameLimit},
       {"set the clock", [] { return Call(SYS_clock_settime, 0, kNowhere); }},
       {"type at a terminal", [] { return Call(SYS_ioctl, 0, TIOCSTI, "x"); }}});
}

void AddFiles(Actions& actions, const Targets& t) {
  actions.insert(
      actions.end(),
      {{"read a file outside", [=] { return Open(t.outside + "/secret", O_RDONLY); }},
       {"make a file outside", [=] { return Open(t.outside + "/made", O_WRONLY | O_CREAT); }},
       {"remove a file outside", [=] { return Call(SYS_unlink, (t.outside + "/victim").c_str()); }},
       {"list a directory outside", [=] { return Open(t.outside, O_RDONLY | O_DIRECTORY); }},
       {"write the configuration", [=] { return Open(t.configuration, O_WRONLY); }},
       {"write a library", WriteOwnLibrary},
       {"lay a link to outside",
        [=] { return Call(SYS_symlink, t.outside.c_str(), (t.inside + "/symlink").c_str()); }},
       {"link a file from outside",
        [=] {
          return Call(SYS_link, (t.outside + "/secret").c_str(), (t.inside + "/link").c_str());
        }},
       {"make a FIFO",
        [=] { return Call(SYS_mknod, (t.inside + "/fifo").c_str(), S_IFIFO | 0600, 0); }},
       {"set a file's user id",
        [=] { return Call(SYS_chmod, (t.inside + "/own").c_str(), kSetUserId); }}});
}

long ConnectTo(int port) {
  const auto socket = static_cast<int>(Call(SYS_socket, AF_INET, SOCK_STREAM, 0));
  if (socket < 0) return -1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const long connected = Call(SYS_connect, socket, &address, sizeof(address));
  const int error = errno;
  ::close(socket);
  errno = error;
  return connected;
}

long Listen() {
  const auto socket = static_cast<int>(Call(SYS_socket, AF_INET, SOCK_STREAM, 0));
  if (socket < 0) return -1;
  const long listens = Call(SYS_listen, socket, 1);
  const int error = errno;
  ::close(socket);
  errno = error;
  return listens;
}

long ConnectToAbstract(const std::string& name, int type) {
  const auto socket = static_cast<int>(Call(SYS_socket, AF_UNIX, type, 0));
  if (socket < 0) return -1;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address.sun_path + 1);
  const long connected =
      Call(SYS_connect, socket, &address, offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const int error = errno;
  ::close(socket);
  errno = error;
  return connected;
}

void AddSockets(Actions& actions, const Targets& t) {
  const auto make = [](long family, long type) {
    return Closed(Call(SYS_socket, family, type, 0));
  };
  actions.insert(actions.end(),
                 {{"connect to whom no setting names", [=] { return ConnectTo(t.port); }},
                  {"listen", Listen},
                  {"send datagrams out", [=] { return make(AF_INET, SOCK_DGRAM); }},
                  {"connect to a local stream",
                   [=] { return ConnectToAbstract(t.abstract_name, SOCK_STREAM); }},
                  {"talk to another's abstract address",
                   [=] { return ConnectToAbstract(t.abstract_name + "-datagram", SOCK_DGRAM); }},
                  {"talk to the kernel", [=] { return make(AF_NETLINK, SOCK_RAW); }}});
}

}  // namespace

std::vector<Outcome> TryAll(const Targets& targets) {
  Actions actions;
  AddPrograms(actions);
  AddOthersProcesses(actions);
  AddPowers(actions);
  AddFiles(actions, targets);
  AddSockets(actions, targets);
  std::vector<Outcome> outcomes;
  for (const Action& action : actions) {
    errno = 0;
    const long answer = action.act();
    const int error = answer == -1 ? errno : 0;
    outcomes.push_back({action.name, error == EPERM || error == EACCES || error == ENOSYS, error});
  }
  return outcomes;
}

}  // namespace kmaas::attacker
