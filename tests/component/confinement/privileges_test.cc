// Each test gives up what a process of its own may do.
#include "confinement/privileges.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace kmaas::confinement {
namespace {

using testing::ExitedWithCode;

[[noreturn]] void EndWith(bool holds) { ::_exit(holds ? 0 : 1); }

// "CapEff" of this process, as proc(5) shows it.
unsigned long long Effective() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("CapEff:")) return std::stoull(line.substr(7), nullptr, 16);
  return ~0ULL;
}

class Giving : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root has something to give up";
  }
};

TEST_F(Giving, UpRootLeavesNoCapabilities) {
  const auto give_up = [] {
    const bool done = GiveUp({}).has_value();
    EndWith(done && ::geteuid() == 0 && Effective() == 0 && ::setuid(1) != 0 &&
            ::prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 0 &&
            ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
  };
  EXPECT_EXIT(give_up(), ExitedWithCode(0), "");
}

TEST_F(Giving, UpRootForAUserIsForGood) {
  const auto give_up = [] {
    const bool done = GiveUp({.user = "nobody"}).has_value();
    EndWith(done && OwnName() == "nobody" && Effective() == 0 && ::setresuid(0, 0, 0) != 0 &&
            std::string(std::getenv("HOME")) == ::getpwuid(::getuid())->pw_dir);
  };
  EXPECT_EXIT(give_up(), ExitedWithCode(0), "");
}

TEST_F(Giving, UpRootKeepsALowPortWhereOneIsWanted) {
  const auto give_up = [] {
    const bool done = GiveUp({.user = "nobody", .binds_low_port = true}).has_value();
    EndWith(done && Effective() == 1ULL << CAP_NET_BIND_SERVICE);
  };
  EXPECT_EXIT(give_up(), ExitedWithCode(0), "");
}

TEST_F(Giving, UpIsRefusedToWhoIsAnotherAlready) {
  const auto give_up = [] {
    if (!GiveUp({.user = "nobody"})) ::_exit(2);
    const auto again = GiveUp({.user = "nobody"});
    const auto other = GiveUp({.user = "daemon"});
    EndWith(again && !other && other.error().message.find("only root can") != std::string::npos);
  };
  EXPECT_EXIT(give_up(), ExitedWithCode(0), "");
}

TEST_F(Giving, UpRootForNobodyWhoIsThereIsRefused) {
  const auto give_up = [](const char* user) { EndWith(!GiveUp({.user = user})); };
  EXPECT_EXIT(give_up("kmaas-is-not-here"), ExitedWithCode(0), "");
  EXPECT_EXIT(
      {
        // Root already is root: nothing to become, and all the rest is given up.
        const bool done = GiveUp({.user = "root"}).has_value();
        EndWith(done && Effective() == 0);
      },
      ExitedWithCode(0), "");
}

}  // namespace
}  // namespace kmaas::confinement
