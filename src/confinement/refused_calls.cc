#include "confinement/refused_calls.h"

#include <seccomp.h>
#include <ucontext.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <system_error>

namespace kmaas::confinement {
namespace {

// Numbers of calls end below this; what is beyond shares the last place.
constexpr std::size_t kNumbers = 1024;
std::array<std::atomic<std::uint64_t>, kNumbers> fresh_refusals{};
std::atomic<std::uint64_t> all_refusals{0};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "counted in a signal handler");

void SetAnswer(ucontext_t& context, int error) {
#if defined(__x86_64__)
  context.uc_mcontext.gregs[REG_RAX] = -error;
#elif defined(__aarch64__)
  context.uc_mcontext.regs[0] = static_cast<unsigned long long>(-static_cast<long long>(error));
#else
#error "how does a system call answer here?"
#endif
}

// Wherever the call was made, in a module's code as well: nothing but counting is safe here.
void OnRefused(int /*signal*/, siginfo_t* info, void* context) {
  const auto number = static_cast<std::size_t>(static_cast<unsigned>(info->si_syscall));
  fresh_refusals[number < kNumbers ? number : kNumbers - 1].fetch_add(1, std::memory_order_relaxed);
  all_refusals.fetch_add(1, std::memory_order_relaxed);
  SetAnswer(*static_cast<ucontext_t*>(context), EPERM);
}

std::string NameOf(std::size_t number) {
  const std::unique_ptr<char, decltype(&std::free)> name(
      seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number)), &std::free);
  return name ? std::string(name.get()) : std::to_string(number);
}

}  // namespace

Result<void> CountRefusedCalls() {
  struct sigaction action {};
  action.sa_sigaction = OnRefused;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  if (::sigaction(SIGSYS, &action, nullptr) != 0)
    return Error{ErrorCode::kKmsInternal, "SIGSYS: " + std::generic_category().message(errno)};
  return {};
}

std::vector<RefusedCall> TakeRefusedCalls() {
  std::vector<RefusedCall> refused;
  for (std::size_t number = 0; number < kNumbers; ++number) {
    const std::uint64_t times = fresh_refusals[number].exchange(0, std::memory_order_relaxed);
    if (times > 0) refused.push_back({NameOf(number), times});
  }
  return refused;
}

RefusedCallsCounters CountersOfRefusedCalls() {
  return {all_refusals.load(std::memory_order_relaxed)};
}

}  // namespace kmaas::confinement
