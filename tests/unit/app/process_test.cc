// What a process does to itself, and how it tells others that it runs. Effects are tried in
// children.
#include "app/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "app/private_file.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::app {
namespace {

using testing::ExitedWithCode;
using testing::HasSubstr;

constexpr uid_t kNobody = 65534;

std::string Content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

rlim_t CoreSize() {
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  return limit.rlim_cur + limit.rlim_max;
}

TEST(Process, HardenedHasNoCoreDumpsNoTracingNoFilesForOthers) {
  const auto harden = [] {
    ::umask(0);
    const bool done = HardenProcess({}).has_value();
    const bool quiet = CoreSize() == 0 && ::prctl(PR_GET_DUMPABLE) == 0;
    ::_exit(done && quiet && ::umask(0) == 077 ? 0 : 1);
  };
  EXPECT_EXIT(harden(), ExitedWithCode(0), "");
}

TEST(Process, KeepsCoreDumpsOnlyWhenTold) {
  const auto harden = [] {
    const rlim_t before = CoreSize();
    ProcessConfig process;
    process.core_dumps = true;
    const bool done = HardenProcess(process).has_value();
    ::_exit(done && CoreSize() == before && ::prctl(PR_GET_DUMPABLE) == 1 ? 0 : 1);
  };
  EXPECT_EXIT(harden(), ExitedWithCode(0), "");
}

TEST(Process, SaysWhichLimitKeepsItsMemoryUnlocked) {
#ifdef KMAAS_SANITIZED
  GTEST_SKIP() << "the sanitizers' run time answers mlockall itself, and always with success";
#endif
  const auto harden = [] {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_MEMLOCK, &none);
    if (::getuid() == 0 && ::setuid(kNobody) != 0) ::_exit(2);
    ProcessConfig process;
    process.lock_memory = true;
    const auto done = HardenProcess(process);
    ::_exit(!done && done.error().message.find("process.lock_memory") == 0 ? 0 : 1);
  };
  EXPECT_EXIT(harden(), ExitedWithCode(0), "");
}

TEST(Process, SetsTheVariablesOfTheModule) {
  const auto set = [] {
    ::setenv("KMAAS_OF_A_TEST", "old", 1);
    HsmConfig hsm;
    hsm.environment = {{"KMAAS_OF_A_TEST", "new"}};
    SetModuleEnvironment(hsm);
    ::_exit(std::strcmp(std::getenv("KMAAS_OF_A_TEST"), "new"));
  };
  EXPECT_EXIT(set(), ExitedWithCode(0), "");
}

class PidFiles : public testing::Test {
 protected:
  fakes::TemporaryDirectory directory_;
  const std::string path_ = directory_.File("kmaasd.pid");
};

TEST_F(PidFiles, HoldTheNumberWhileTheyLive) {
  {
    const auto file = PidFile::Write(path_);
    ASSERT_TRUE(file);
    EXPECT_EQ(Content(path_), std::to_string(::getpid()) + "\n");
  }
  EXPECT_FALSE(Exists(path_));
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(PidFiles, ReplaceThatOfAnotherProcess) {
  std::ofstream(path_) << "1\n";
  const auto file = PidFile::Write(path_);
  ASSERT_TRUE(file);
  EXPECT_EQ(Content(path_), std::to_string(::getpid()) + "\n");
}

TEST_F(PidFiles, GoWithTheOneThatHoldsThem) {
  auto file = PidFile::Write(path_);
  ASSERT_TRUE(file);
  PidFile other;
  other = *std::move(file);
  EXPECT_TRUE(Exists(path_));
  other = PidFile();
  EXPECT_FALSE(Exists(path_));
}

TEST_F(PidFiles, NameTheSettingWhenTheyCannotBeMade) {
  for (const std::string& path : {directory_.File("none/a.pid"), directory_.path()}) {
    const auto file = PidFile::Write(path);
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().message, HasSubstr("process.pid_file: " + path));
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

// A datagram socket as a service manager has it; `name` begins with '@' for an abstract one.
class Manager {
 public:
  explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Manager() {
    ::close(socket_);
    ::unsetenv("NOTIFY_SOCKET");
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // What has arrived: it is there when the sender's call has returned.
  std::string Received() const {
    std::array<char, 64> text{};
    const ssize_t size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
};

TEST(ServiceManager, IsToldAtASocketWithAPath) {
  const fakes::TemporaryDirectory directory;
  const Manager manager(directory.File("notify"));
  NotifyServiceManager("READY=1");
  EXPECT_EQ(manager.Received(), "READY=1");
  EXPECT_EQ(manager.Received(), "nothing");
}

TEST(ServiceManager, IsToldAtAnAbstractSocket) {
  const Manager manager("@kmaas-test-" + std::to_string(::getpid()));
  NotifyServiceManager("STOPPING=1");
  EXPECT_EQ(manager.Received(), "STOPPING=1");
}

TEST(ServiceManager, IsNotMissedWhenThereIsNone) {
  NotifyServiceManager("READY=1");
  for (const std::string& name :
       {std::string("/nonexistent/notify"), std::string("relative"), std::string(200, '/')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    NotifyServiceManager("READY=1");
  }
  ::unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace kmaas::app
