#include "confinement/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>

namespace kmaas::confinement {
namespace {

constexpr uid_t kRoot = 0;

Error Failed(const std::string& what) {
  return {ErrorCode::kKmsInternal, what + ": " + std::generic_category().message(errno)};
}

Error Refused(const std::string& why) { return {ErrorCode::kValidation, "process.user: " + why}; }

struct Account {
  std::string name;
  uid_t user = kRoot;
  gid_t group = 0;
  std::string home;
};

// Before there are threads, so the plain functions will do.
std::optional<Account> Find(const std::string& name) {
  const passwd* found = ::getpwnam(name.c_str());
  if (found == nullptr) return std::nullopt;
  return Account{name, found->pw_uid, found->pw_gid, found->pw_dir};
}

std::string NameOf(uid_t user) {
  const passwd* found = ::getpwuid(user);
  return found != nullptr ? found->pw_name : std::to_string(user);
}

// libcap would be one more library for two calls.
Result<void> KeepCapabilities(std::uint64_t kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return Failed("capabilities");
  // A filter of the service manager may forbid the call, which is needed only where there is power.
  bool powerless = true;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const __user_cap_data_struct before = sets[i];
    sets[i].permitted &= static_cast<std::uint32_t>(kept >> (32 * i));
    sets[i].effective = sets[i].permitted;
    sets[i].inheritable = 0;
    powerless = powerless && before.permitted == sets[i].permitted &&
                before.effective == sets[i].effective && before.inheritable == 0;
  }
  if (powerless) return {};
  if (::syscall(SYS_capset, &header, sets.data()) != 0)
    return Failed("capabilities cannot be dropped");
  return {};
}

Result<void> EmptyBoundingSet() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
       ++capability) {
    // Whoever may not drop has nothing that could be gained from it: no_new_privs is set below.
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM)
      return Failed("the bounding set of capabilities cannot be emptied");
  }
  return {};
}

Result<void> Become(const Account& account) {
  if (::initgroups(account.name.c_str(), account.group) != 0 ||
      ::setresgid(account.group, account.group, account.group) != 0 ||
      ::setresuid(account.user, account.user, account.user) != 0) {
    return Failed("process.user: cannot become " + account.name);
  }
  // Modules look for their files there.
  ::setenv("HOME", account.home.c_str(), 1);
  if (::setresuid(kRoot, kRoot, kRoot) == 0 || ::geteuid() == kRoot)
    return Refused("root came back after it was given up");
  return {};
}

Result<void> BecomeUser(const std::string& user) {
  const std::optional<Account> account = Find(user);
  if (!account) return Refused("there is no user " + user);
  if (account->user == ::geteuid() && account->user == ::getuid()) return {};
  if (::geteuid() != kRoot)
    return Refused("only root can become " + user + "; this is " + OwnName());
  if (account->user == kRoot) return Refused("root is nobody to become");
  return Become(*account);
}

}  // namespace

std::string OwnName() { return NameOf(::geteuid()); }

std::string OwnerOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return NameOf(status.st_uid);
}

Result<void> GiveUp(const Privileges& wanted) {
  const bool root = ::geteuid() == kRoot;
  KM_CHECK(EmptyBoundingSet());
  if (root && ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return Failed("capabilities");
  if (!wanted.user.empty()) KM_CHECK(BecomeUser(wanted.user));
  KM_CHECK(KeepCapabilities(wanted.binds_low_port ? std::uint64_t{1} << CAP_NET_BIND_SERVICE : 0));
  if (::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0) return Failed("capabilities");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Failed("no_new_privs");
  return {};
}

}  // namespace kmaas::confinement
