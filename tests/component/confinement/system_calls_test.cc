// Each test confines a process of its own: there is no way back.
#include "confinement/system_calls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "base/signals_blocked.h"
#include "confinement/refused_calls.h"

namespace kmaas::confinement {
namespace {

using testing::ExitedWithCode;
using testing::KilledBySignal;

constexpr std::size_t kCallsMax = 82;

[[noreturn]] void EndWith(bool holds) { ::_exit(holds ? 0 : 1); }

bool IsRefused(long answer) { return answer == -1 && errno == EPERM; }

TEST(SystemCalls, AreAtMostEighty) {
  Rights rights;
  EXPECT_LE(CountAllowedCalls(rights), kCallsMax);
  rights.connect_ports = {1};
  rights.resolves_names = rights.loads_libraries = true;
  EXPECT_LE(CountAllowedCalls(rights), kCallsMax);
  EXPECT_GT(CountAllowedCalls(rights), kCallsMax / 2) << "the count itself works";
}

TEST(SystemCalls, ThatAreNotNamedFailAndAreCounted) {
  const auto confined = [] {
    const bool done = ConfineSystemCalls({}).has_value();
    const bool refused = IsRefused(::syscall(SYS_memfd_create, "x", 0)) &&
                         IsRefused(::syscall(SYS_memfd_create, "x", 0)) &&
                         IsRefused(::syscall(SYS_setuid, 0));
    const std::vector<RefusedCall> told = TakeRefusedCalls();
    const auto times = [&](const char* name) {
      const auto found = std::find_if(told.begin(), told.end(),
                                      [&](const RefusedCall& call) { return call.name == name; });
      return found == told.end() ? 0 : found->times;
    };
    EndWith(done && refused && times("memfd_create") == 2 && times("setuid") == 1 &&
            CountersOfRefusedCalls().total == 3 && TakeRefusedCalls().empty());
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

TEST(SystemCalls, AreConfinedInThreadsThatRunAlready) {
  const auto confined = [] {
    std::mutex mutex;
    std::condition_variable changed;
    bool begun = false;
    bool refused = false;
    std::thread earlier([&] {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return begun; });
      refused = IsRefused(::syscall(SYS_memfd_create, "x", 0));
    });
    const bool done = ConfineSystemCalls({}).has_value();
    {
      const std::lock_guard lock(mutex);
      begun = true;
    }
    changed.notify_all();
    earlier.join();
    bool runs = false;
    std::thread([&] { runs = true; }).join();
    EndWith(done && refused && runs);
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

TEST(SystemCalls, LetTheKernelSignalNobody) {
  const auto confined = [] {
    const bool done = ConfineSystemCalls({}).has_value();
    const bool reads_flags = ::fcntl(0, F_GETFL) >= 0 && ::fcntl(0, F_GETFD) >= 0;
    const bool refused = IsRefused(::fcntl(0, F_SETOWN, ::getppid())) &&
                         IsRefused(::fcntl(0, F_SETSIG, SIGKILL)) &&
                         IsRefused(::fcntl(0, F_SETFL, O_ASYNC)) &&
                         IsRefused(::setpriority(PRIO_PROCESS, ::getppid(), 19));
    EndWith(done && reads_flags && refused);
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

// The kernel kills who is told by a signal that he does not take.
TEST(SystemCalls, AreRefusedAlsoInThreadsThatLeaveSignalsToOthers) {
  const auto confined = [] {
    const bool done = ConfineSystemCalls({}).has_value();
    bool refused = false;
    std::thread thread;
    {
      const SignalsBlocked blocked;
      thread = std::thread([&refused] { refused = IsRefused(::syscall(SYS_setuid, 0)); });
    }
    thread.join();
    EndWith(done && refused);
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

TEST(SystemCalls, OfTheConfigurationAreAllowedWithWhateverArguments) {
  const auto confined = [] {
    Rights rights;
    rights.system_calls = {"memfd_create", "ioctl"};
    const bool done = ConfineSystemCalls(rights).has_value();
    constexpr unsigned long kNoRequest = 0xdead;
    const bool asked = ::syscall(SYS_ioctl, -1, kNoRequest, 0) == -1 && errno == EBADF;
    EndWith(done && asked && ::syscall(SYS_memfd_create, "x", 0) >= 0);
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

TEST(SystemCalls, LoadLibrariesOnlyWhereTheyMustAndNeverWriteAndRun) {
  const auto map = [](int protection) {
    return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
  };
  const auto confined = [&](bool loads) {
    Rights rights;
    rights.loads_libraries = loads;
    const bool done = ConfineSystemCalls(rights).has_value();
    EndWith(done && map(PROT_READ | PROT_WRITE) && map(PROT_READ | PROT_EXEC) == loads &&
            !map(PROT_READ | PROT_WRITE | PROT_EXEC));
  };
  EXPECT_EXIT(confined(false), ExitedWithCode(0), "");
  EXPECT_EXIT(confined(true), ExitedWithCode(0), "");
}

TEST(SystemCalls, LowerTheUrgencyOfTheThreadThatCallsAndNothingElse) {
  const auto confined = [] {
    constexpr int kOfThread = 1;
    constexpr int kWhenIdle = 3 << 13;
    const bool done = ConfineSystemCalls({}).has_value();
    EndWith(done && ::setpriority(PRIO_PROCESS, 0, 19) == 0 &&
            ::syscall(SYS_ioprio_set, kOfThread, 0, kWhenIdle) == 0 &&
            IsRefused(::setpriority(PRIO_PROCESS, 0, 0)) &&
            IsRefused(::setpriority(PRIO_PGRP, 0, 19)));
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

#ifdef __x86_64__
TEST(SystemCalls, OfAnotherInstructionSetEndTheProcess) {
  const auto confined = [] {
    if (!ConfineSystemCalls({})) ::_exit(2);
    long answer = 20;  // getpid of 32-bit programs
    asm volatile("int $0x80" : "+a"(answer) : : "memory");
    ::_exit(3);
  };
  EXPECT_EXIT(confined(), KilledBySignal(SIGSYS), "");
}
#endif

TEST(SystemCalls, AreKnownByName) {
  EXPECT_TRUE(IsSystemCall("socketpair"));
  EXPECT_FALSE(IsSystemCall("frobnicate"));
  EXPECT_FALSE(IsSystemCall(""));
}

}  // namespace
}  // namespace kmaas::confinement
