// Each test confines a process of its own: there is no way back.
#include "confinement/files_and_ports.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::confinement {
namespace {

using testing::ExitedWithCode;

// Zero only when it holds: what is not confined must not pass.
[[noreturn]] void EndWith(bool holds) { ::_exit(holds ? 0 : 1); }

bool CanRead(const std::string& path) { return std::ifstream(path).good(); }
bool CanMake(const std::string& path) { return std::ofstream(path).good(); }

class FilesAndPorts : public testing::Test {
 protected:
  void SetUp() override {
    if (LandlockVersion() < 4) GTEST_SKIP() << "the kernel has no Landlock for ports";
    std::filesystem::create_directory(inside_);
    std::filesystem::create_directory(outside_);
    std::ofstream(inside_ + "/file") << "x";
    std::ofstream(outside_ + "/file") << "x";
  }

  fakes::TemporaryDirectory directory_;
  const std::string inside_ = directory_.File("inside");
  const std::string outside_ = directory_.File("outside");
};

TEST_F(FilesAndPorts, AreReadAndWrittenWhereTheyAreNamed) {
  const auto confined = [&] {
    Rights rights;
    rights.writable = {inside_};
    const bool done = ConfineFilesAndPorts(rights).has_value();
    EndWith(done && CanRead(inside_ + "/file") && CanMake(inside_ + "/made") &&
            std::filesystem::create_directory(inside_ + "/below") &&
            CanMake(inside_ + "/below/made") && !CanRead(outside_ + "/file") &&
            !CanMake(outside_ + "/made"));
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

TEST_F(FilesAndPorts, AreOnlyReadWhereThatIsAllThatIsNamed) {
  const auto confined = [&] {
    Rights rights;
    rights.readable = {inside_, outside_ + "/file", directory_.File("absent")};
    const bool done = ConfineFilesAndPorts(rights).has_value();
    EndWith(done && CanRead(inside_ + "/file") && CanRead(outside_ + "/file") &&
            !CanMake(inside_ + "/made") && !CanMake(inside_ + "/file"));
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

TEST_F(FilesAndPorts, OfADirectoryMayBeReplaced) {
  const auto confined = [&] {
    Rights rights;
    rights.writable = {inside_};
    const bool done = ConfineFilesAndPorts(rights).has_value();
    const bool replaced = CanMake(inside_ + "/fresh") &&
                          ::rename((inside_ + "/fresh").c_str(), (inside_ + "/file").c_str()) == 0;
    EndWith(done && replaced && CanRead(inside_ + "/file"));
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

TEST_F(FilesAndPorts, StayConfinedInThreadsThatComeLater) {
  const auto confined = [&] {
    bool read = true;
    const bool done = ConfineFilesAndPorts({}).has_value();
    std::thread([&] { read = CanRead(outside_ + "/file"); }).join();
    EndWith(done && !read);
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

TEST_F(FilesAndPorts, AreNotConfinedBesideOtherThreads) {
  const auto confined = [&] {
    std::thread([] {}).join();  // one that has gone does not count
    std::thread other([] { ::pause(); });
    const bool refused = !ConfineFilesAndPorts({}).has_value();
    EndWith(refused && CanRead(outside_ + "/file"));
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

// The error of an attempt to bind, and then to connect, to a port of the loopback; 0: it worked.
int ErrorOf(int (*attempt)(int, const sockaddr*, socklen_t), std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int error =
      attempt(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
  ::close(socket);
  return error;
}

TEST_F(FilesAndPorts, AreReachedWhereTheyAreNamed) {
  constexpr std::uint16_t kNamed = 9;
  constexpr std::uint16_t kOther = 10;
  const auto confined = [&] {
    Rights rights;
    rights.listen_ports = {0};
    rights.connect_ports = {kNamed};
    const bool done = ConfineFilesAndPorts(rights).has_value();
    // Nobody listens at the named one: that is the network's answer, not Landlock's.
    EndWith(done && ErrorOf(::bind, 0) == 0 && ErrorOf(::bind, 12'345) == EACCES &&
            ErrorOf(::connect, kNamed) == ECONNREFUSED && ErrorOf(::connect, kOther) == EACCES);
  };
  EXPECT_EXIT(confined(), ExitedWithCode(0), "");
}

}  // namespace
}  // namespace kmaas::confinement
