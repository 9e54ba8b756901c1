#include "confinement/files_and_ports.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace kmaas::confinement {
namespace {

// From the kernel's interface (linux/landlock.h of 6.12), because Debian 12 has an older header.
constexpr std::uint64_t kTruncate = 1ULL << 14U;        // version 3
constexpr std::uint64_t kControlDevices = 1ULL << 15U;  // version 5
constexpr std::uint64_t kBindTcp = 1ULL << 0U;          // version 4
constexpr std::uint64_t kConnectTcp = 1ULL << 1U;
constexpr std::uint64_t kScopeAbstractSockets = 1ULL << 0U;  // version 6
constexpr std::uint64_t kScopeSignals = 1ULL << 1U;
constexpr int kRuleOfPort = 2;

struct RulesetAttributes {
  std::uint64_t files;
  std::uint64_t ports;
  std::uint64_t scopes;
};
struct PortRule {
  std::uint64_t allowed;
  std::uint64_t port;
};

constexpr std::uint64_t kAllOfVersion1 = (1ULL << 13U) - 1;
constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
// No links, no sockets, no devices: nobody here makes any.
constexpr std::uint64_t kWrite = kRead | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                 LANDLOCK_ACCESS_FS_REFER | kTruncate | kControlDevices;
constexpr std::uint64_t kForPlainFiles =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate | kControlDevices;

Error Failed(const std::string& what) {
  return {ErrorCode::kKmsInternal,
          "Landlock: " + what + ": " + std::generic_category().message(errno)};
}

std::uint64_t FilesOf(int version) {
  std::uint64_t files = kAllOfVersion1;
  if (version >= 2) files |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) files |= kTruncate;
  if (version >= 5) files |= kControlDevices;
  return files;
}

// The service manager may listen at an abstract address; it hears of the end after this.
std::uint64_t ScopesOf(int version) {
  if (version < 6) return 0;
  const char* manager = std::getenv("NOTIFY_SOCKET");
  const bool abstract = manager != nullptr && *manager == '@';
  return kScopeSignals | (abstract ? 0 : kScopeAbstractSockets);
}

class Descriptor {
 public:
  explicit Descriptor(long number) : number_(static_cast<int>(number)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool ok() const { return number_ >= 0; }

 private:
  int number_;
};

class Ruleset {
 public:
  explicit Ruleset(const RulesetAttributes& handled)
      : handled_(handled),
        ruleset_(::syscall(SYS_landlock_create_ruleset, &handled_, SizeOf(handled_), 0)) {}
  bool ok() const { return ruleset_.ok(); }

  Result<void> Allow(const std::string& path, std::uint64_t allowed) const {
    const Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    // What is not there, and what the user cannot reach in any case, needs no rule.
    if (!place.ok() && (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) return {};
    struct stat status {};
    if (!place.ok() || ::fstat(place.get(), &status) != 0) return Failed(path);
    if (!S_ISDIR(status.st_mode)) allowed &= kForPlainFiles;
    const landlock_path_beneath_attr rule{allowed & handled_.files, place.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
      return Failed(path);
    return {};
  }

  Result<void> AllowPort(std::uint16_t port, std::uint64_t allowed) const {
    if (handled_.ports == 0) return {};
    const PortRule rule{allowed, port};
    if (::syscall(SYS_landlock_add_rule, ruleset_.get(), kRuleOfPort, &rule, 0) != 0)
      return Failed("port " + std::to_string(port));
    return {};
  }

  Result<void> Enforce() const {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Failed("no_new_privs");
    if (::syscall(SYS_landlock_restrict_self, ruleset_.get(), 0) != 0)
      return Failed("cannot be enforced");
    return {};
  }

 private:
  // A kernel takes no more than it knows.
  static std::size_t SizeOf(const RulesetAttributes& handled) {
    if (handled.scopes != 0) return sizeof(RulesetAttributes);
    return handled.ports != 0 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
  }

  RulesetAttributes handled_;
  Descriptor ruleset_;
};

Result<void> RefuseThreads() {
  std::error_code error;
  std::size_t threads = 0;
  for (std::filesystem::directory_iterator at("/proc/self/task", error), end; !error && at != end;
       at.increment(error))
    ++threads;
  if (error || threads != 1)
    return Error{ErrorCode::kKmsInternal, "Landlock: " + std::to_string(threads) +
                                              " threads run, of which it would confine one"};
  return {};
}

}  // namespace

int LandlockVersion() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

Result<void> ConfineFilesAndPorts(const Rights& rights) {
  KM_CHECK(RefuseThreads());
  const int version = LandlockVersion();
  if (version == 0) return Error{ErrorCode::kUnsupportedOperation, "the kernel has no Landlock"};
  const Ruleset ruleset(
      {FilesOf(version), version >= 4 ? kBindTcp | kConnectTcp : 0, ScopesOf(version)});
  if (!ruleset.ok()) return Failed("no ruleset");
  for (const std::string& path : rights.readable) KM_CHECK(ruleset.Allow(path, kRead));
  for (const std::string& path : rights.writable) KM_CHECK(ruleset.Allow(path, kWrite));
  for (const std::uint16_t port : rights.listen_ports) KM_CHECK(ruleset.AllowPort(port, kBindTcp));
  for (const std::uint16_t port : rights.connect_ports)
    KM_CHECK(ruleset.AllowPort(port, kConnectTcp));
  return ruleset.Enforce();
}

}  // namespace kmaas::confinement
