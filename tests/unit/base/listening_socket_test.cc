#include "base/listening_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kmaas {
namespace {

bool CanConnect(std::uint16_t port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
  ::close(socket);
  return connected;
}

TEST(ListeningSocket, ListensAtAPortOfItsOwn) {
  const auto socket = ListeningSocket::Open("127.0.0.1", 0);
  ASSERT_TRUE(socket);
  EXPECT_NE(socket->port(), 0);
  EXPECT_EQ(socket->address(), "127.0.0.1");
  EXPECT_TRUE(CanConnect(socket->port()));
  const auto second = ListeningSocket::Open("127.0.0.1", socket->port());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("bind 127.0.0.1:" + std::to_string(socket->port())),
            std::string::npos);
}

TEST(ListeningSocket, ListensOverIpv6) {
  const auto socket = ListeningSocket::Open("::1", 0);
  if (!socket) GTEST_SKIP() << socket.error().detail;
  EXPECT_EQ(socket->address(), "::1");
  EXPECT_TRUE(socket->is_v6());
}

TEST(ListeningSocket, RefusesWhatIsNoAddress) {
  for (const char* address : {"", "localhost", "127.0.0.1 ", "1.2.3"})
    EXPECT_FALSE(ListeningSocket::Open(address, 0)) << address;
}

TEST(ListeningSocket, GoesOnListeningThroughItsCopy) {
  auto socket = ListeningSocket::Open("127.0.0.1", 0);
  const auto copy = socket->Copy();
  ASSERT_TRUE(copy);
  socket->Close();
  EXPECT_TRUE(CanConnect(copy->port()));
}

TEST(ListeningSocket, IsNotInheritedAndNeverWaits) {
  const auto made = ListeningSocket::Open("127.0.0.1", 0);
  const auto copy = made->Copy();
  for (const auto* socket : {&made, &copy}) {
    EXPECT_NE(::fcntl((*socket)->descriptor(), F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(::fcntl((*socket)->descriptor(), F_GETFL) & O_NONBLOCK, 0);
  }
}

TEST(ListeningSocket, AdoptsOnlyWhatListensForTcp) {
  const int connected = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int datagrams = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int local = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  for (const int descriptor : {connected, datagrams, local, file, -1, 999}) {
    EXPECT_FALSE(ListeningSocket::Adopt(descriptor)) << descriptor;
    if (descriptor >= 0 && descriptor != 999) ::close(descriptor);
  }
}

TEST(ListeningSocket, ClosesWhatItOwnsOnce) {
  auto socket = ListeningSocket::Open("127.0.0.1", 0);
  const std::uint16_t port = socket->port();
  ListeningSocket moved = *std::move(socket);
  EXPECT_FALSE(socket->is_open());
  EXPECT_TRUE(CanConnect(port));
  moved = ListeningSocket();
  EXPECT_FALSE(CanConnect(port));
}

}  // namespace
}  // namespace kmaas
