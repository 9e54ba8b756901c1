#include "confinement/allowed_calls.h"

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asm-generic/ioctls.h>

#include <cerrno>

namespace kmaas::confinement {
namespace {

constexpr int kPlainCalls[] = {
    // Files: the store, the trail, cursors, certificates, a token that is made of files.
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(openat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstat),
    SCMP_SYS(statfs),  // room for an index of the trail
    SCMP_SYS(access),
    SCMP_SYS(getdents64),
    SCMP_SYS(flock),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fadvise64),
    SCMP_SYS(rename),
    SCMP_SYS(unlink),
    SCMP_SYS(mkdir),
    // Memory.
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(madvise),
    SCMP_SYS(mlock),
    // Threads, time, signals.
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(alarm),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(geteuid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(getrandom),
    // Sockets that are open, and those that they accept.
    SCMP_SYS(accept),
    SCMP_SYS(connect),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(shutdown),
    SCMP_SYS(poll),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(eventfd2),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
#ifdef __aarch64__
    // Which has no other forms of some of the above.
    SCMP_SYS(faccessat),
    SCMP_SYS(readlinkat),
    SCMP_SYS(renameat),
    SCMP_SYS(unlinkat),
    SCMP_SYS(mkdirat),
    SCMP_SYS(ppoll),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(setitimer),
#endif
};

// As sockets know them: the bits of the type without the flags beside it.
constexpr scmp_datum_t kSocketType = 0xf;
// clone(2): new namespaces, among them those whose bits stand elsewhere.
constexpr scmp_datum_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                        CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
constexpr scmp_datum_t kThread = CLONE_VM | CLONE_THREAD;
constexpr scmp_datum_t kLeastPriority = 19;
// ioprio_set(2), for which the C library has no header: the calling thread, the class IDLE.
constexpr scmp_datum_t kPriorityOfThread = 1;
constexpr scmp_datum_t kDiskWhenIdle = scmp_datum_t{3} << 13U;
constexpr scmp_datum_t kSpecialModes = 07000;

scmp_arg_cmp Is(unsigned argument, scmp_datum_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
scmp_arg_cmp Has(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// Datagrams of this machine go to the log and to the service manager, which listen for datagrams;
// what listens for streams (a container engine, a message bus) is out of reach.
void AddSockets(std::vector<AllowedCall>& calls, bool connects, bool resolves_names) {
  calls.push_back({SCMP_SYS(socket), {Is(0, AF_UNIX), Has(1, kSocketType, SOCK_DGRAM)}});
  for (const scmp_datum_t family : {AF_INET, AF_INET6}) {
    if (connects)
      calls.push_back({SCMP_SYS(socket), {Is(0, family), Has(1, kSocketType, SOCK_STREAM)}});
    if (resolves_names)
      calls.push_back({SCMP_SYS(socket), {Is(0, family), Has(1, kSocketType, SOCK_DGRAM)}});
  }
  if (resolves_names) calls.push_back({SCMP_SYS(sendmmsg), {}});
}

// Never memory that can be written and executed.
void AddMemory(std::vector<AllowedCall>& calls, bool loads_libraries) {
  calls.push_back({SCMP_SYS(mmap), {Has(2, PROT_EXEC, 0)}});
  if (loads_libraries)
    calls.push_back({SCMP_SYS(mmap), {Has(2, PROT_EXEC | PROT_WRITE, PROT_EXEC)}});
  calls.push_back({SCMP_SYS(mprotect), {Has(2, PROT_EXEC, 0)}});
}

}  // namespace

std::span<const int> PlainCalls() { return kPlainCalls; }

std::vector<AllowedCall> NarrowCalls(bool connects, bool resolves_names, bool loads_libraries) {
  std::vector<AllowedCall> calls{
      // Threads of this process, no processes.
      {SCMP_SYS(clone), {Has(0, kThread | kNewNamespaces, kThread)}},
      {SCMP_SYS(tgkill), {Is(0, static_cast<scmp_datum_t>(::getpid()))}},
      {SCMP_SYS(prctl), {Is(0, PR_SET_NAME)}},
      // A thread may become the least urgent of all, which is what makes indexes in the background;
      // the one that calls, and no other.
      {SCMP_SYS(setpriority), {Is(0, PRIO_PROCESS), Is(1, 0), Is(2, kLeastPriority)}},
      {SCMP_SYS(ioprio_set), {Is(0, kPriorityOfThread), Is(1, 0), Is(2, kDiskWhenIdle)}},
      // Limits are read, not set.
      {SCMP_SYS(prlimit64), {Is(0, 0), Is(2, 0)}},
      {SCMP_SYS(ioctl), {Is(1, FIONBIO)}},
      {SCMP_SYS(ioctl), {Is(1, FIONREAD)}},
      // What a peer has not acknowledged.
      {SCMP_SYS(ioctl), {Is(1, TIOCOUTQ)}},
      {SCMP_SYS(ioctl), {Is(1, TCGETS)}},
      // Flags and locks of files. Not F_SETOWN, F_SETSIG, F_NOTIFY, nor O_ASYNC, by which the
      // kernel
      // sends a signal to any process of the same user (fcntl(2)).
      {SCMP_SYS(fcntl), {Is(1, F_DUPFD_CLOEXEC)}},
      {SCMP_SYS(fcntl), {Is(1, F_GETFD)}},
      {SCMP_SYS(fcntl), {Is(1, F_SETFD)}},
      {SCMP_SYS(fcntl), {Is(1, F_GETFL)}},
      {SCMP_SYS(fcntl), {Is(1, F_SETFL), Has(2, O_ASYNC, 0)}},
      {SCMP_SYS(fcntl), {Is(1, F_GETLK)}},
      {SCMP_SYS(fcntl), {Is(1, F_SETLK)}},
      {SCMP_SYS(fcntl), {Is(1, F_SETLKW)}},
      {SCMP_SYS(fcntl), {Is(1, F_ADD_SEALS)}},
      {SCMP_SYS(fcntl), {Is(1, F_GET_SEALS)}},
      // Nothing gets set-user-id, and nothing another owner.
      {SCMP_SYS(fchmod), {Has(1, kSpecialModes, 0)}},
      {SCMP_SYS(fchown), {Is(1, ::geteuid())}},
  };
  AddSockets(calls, connects, resolves_names);
  AddMemory(calls, loads_libraries);
  return calls;
}

std::vector<QuietRefusal> QuietRefusals() {
  return {
      // Its flags are out of a filter's sight; the C library then takes clone.
      {SCMP_SYS(clone3), ENOSYS, {}},
      // Name services ask a cache and the kernel's list of addresses, and do without.
      {SCMP_SYS(socket), EACCES, {Is(0, AF_UNIX), Has(1, kSocketType, SOCK_STREAM)}},
      {SCMP_SYS(socket), EACCES, {Is(0, AF_NETLINK)}},
  };
}

}  // namespace kmaas::confinement
