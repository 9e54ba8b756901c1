#include "confinement/system_calls.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <set>
#include <system_error>

#include "confinement/allowed_calls.h"
#include "confinement/refused_calls.h"

namespace kmaas::confinement {
namespace {

// Debian 12's libseccomp: a tree of comparisons in place of a list.
constexpr std::uint32_t kTree = 2;

struct Released {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Released>;

Error Failed(const std::string& what, int negative_error) {
  return {ErrorCode::kKmsInternal,
          "seccomp: " + what + ": " + std::generic_category().message(-negative_error)};
}

std::vector<AllowedCall> NarrowCallsOf(const Rights& rights) {
  return NarrowCalls(!rights.connect_ports.empty(), rights.resolves_names, rights.loads_libraries);
}

int NumberOf(const std::string& name) { return seccomp_syscall_resolve_name(name.c_str()); }

Result<void> AddRule(const Filter& filter, std::uint32_t action, int number,
                     const std::vector<scmp_arg_cmp>& arguments) {
  const int failed = seccomp_rule_add_array(
      filter.get(), action, number, static_cast<unsigned>(arguments.size()), arguments.data());
  // A call that this machine's kind does not have cannot be made either.
  if (failed != 0 && failed != -EDOM) return Failed("call " + std::to_string(number), failed);
  return {};
}

Result<void> AddRules(const Filter& filter, const Rights& rights) {
  std::set<int> whole;
  for (const std::string& name : rights.system_calls) whole.insert(NumberOf(name));
  for (const int number : PlainCalls()) whole.insert(number);
  for (const int number : whole) KM_CHECK(AddRule(filter, SCMP_ACT_ALLOW, number, {}));
  for (const AllowedCall& call : NarrowCallsOf(rights))
    if (!whole.contains(call.number))
      KM_CHECK(AddRule(filter, SCMP_ACT_ALLOW, call.number, call.arguments));
  for (const QuietRefusal& call : QuietRefusals())
    if (!whole.contains(call.number))
      KM_CHECK(AddRule(filter, SCMP_ACT_ERRNO(static_cast<unsigned>(call.error)), call.number,
                       call.arguments));
  return {};
}

Result<void> Configure(const Filter& filter) {
  for (const auto& [attribute, value] : {std::pair{SCMP_FLTATR_CTL_TSYNC, std::uint32_t{1}},
                                         std::pair{SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS},
                                         std::pair{SCMP_FLTATR_CTL_OPTIMIZE, kTree}}) {
    if (const int failed = seccomp_attr_set(filter.get(), attribute, value); failed != 0)
      return Failed("attribute", failed);
  }
  return {};
}

}  // namespace

bool CanFilterSystemCalls() {
  const std::uint32_t action = SECCOMP_RET_TRAP;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool IsSystemCall(const std::string& name) { return NumberOf(name) >= 0; }

std::size_t CountAllowedCalls(const Rights& rights) {
  std::set<int> numbers(PlainCalls().begin(), PlainCalls().end());
  for (const AllowedCall& call : NarrowCallsOf(rights)) numbers.insert(call.number);
  for (const std::string& name : rights.system_calls) numbers.insert(NumberOf(name));
  return static_cast<std::size_t>(
      std::count_if(numbers.begin(), numbers.end(), [](int number) { return number >= 0; }));
}

Result<void> ConfineSystemCalls(const Rights& rights) {
  const Filter filter(seccomp_init(SCMP_ACT_TRAP));
  if (!filter) return Error{ErrorCode::kKmsInternal, "seccomp: no filter can be made"};
  KM_CHECK(Configure(filter));
  KM_CHECK(AddRules(filter, rights));
  KM_CHECK(CountRefusedCalls());
  if (const int failed = seccomp_load(filter.get()); failed != 0)
    return Failed("the filter cannot be loaded", failed);
  return {};
}

}  // namespace kmaas::confinement
