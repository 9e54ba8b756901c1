// The watch over the connections of a port, told by real sockets.
#include "frontends/grpc/connection_watch.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <vector>

namespace kmaas::grpc_front {
namespace {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int PortOf(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

// Both ends of a connection to the port.
struct Pair {
  explicit Pair(int listener) {
    sockaddr_in address = Loopback(static_cast<std::uint16_t>(PortOf(listener)));
    client = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    server = ::accept(listener, nullptr, nullptr);
  }
  ~Pair() {
    ::close(client);
    ::close(server);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  bool IsOpen() const { return ::send(server, "x", 1, MSG_NOSIGNAL) == 1; }
  std::string Peer() const { return "ipv4:127.0.0.1:" + std::to_string(PortOf(client)); }
  int client = -1;
  int server = -1;
};

class ConnectionWatchTest : public testing::Test {
 protected:
  ConnectionWatchTest() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in any = Loopback(0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
  }
  ~ConnectionWatchTest() override { ::close(listener_); }

  Pair& Connect() { return *pairs_.emplace_back(std::make_unique<Pair>(listener_)); }
  // Looks when the test says so; its own looks find the same.
  std::unique_ptr<ConnectionWatch> Watch(const ConnectionLimits& limits) {
    auto watch = std::make_unique<ConnectionWatch>(limits);
    watch->Begin(PortOf(listener_));
    return watch;
  }

 private:
  int listener_;
  std::vector<std::unique_ptr<Pair>> pairs_;
};

TEST_F(ConnectionWatchTest, EndsTheNewestOfTooMany) {
  const auto watch = Watch({.all_max = 2});
  const Pair& first = Connect();
  watch->Look();
  const Pair& second = Connect();
  watch->Look();
  const Pair& third = Connect();
  watch->Look();
  EXPECT_TRUE(first.IsOpen());
  EXPECT_TRUE(second.IsOpen());
  EXPECT_FALSE(third.IsOpen());
  EXPECT_GE(watch->counters().over_all, 1U);
}

TEST_F(ConnectionWatchTest, EndsTooManyOfOneAddress) {
  const auto watch = Watch({.all_max = 100, .per_address_max = 1});
  const Pair& first = Connect();
  watch->Look();
  const Pair& second = Connect();
  watch->Look();
  EXPECT_TRUE(first.IsOpen());
  EXPECT_FALSE(second.IsOpen());
  EXPECT_GE(watch->counters().over_per_address, 1U);
}

TEST_F(ConnectionWatchTest, EndsTheConnectionWhoseClientCancelsTooMuch) {
  const auto watch = Watch({.all_max = 100, .cancelled_per_second_max = 3});
  const Pair& patient = Connect();
  const Pair& hasty = Connect();
  for (int i = 0; i < 3; ++i) watch->NoteCancelled(patient.Peer());
  for (int i = 0; i < 4; ++i) watch->NoteCancelled(hasty.Peer());
  watch->Look();
  EXPECT_TRUE(patient.IsOpen());
  EXPECT_FALSE(hasty.IsOpen());
  EXPECT_EQ(watch->counters().cancelling, 1U);
}

TEST_F(ConnectionWatchTest, LeavesSocketsOfOtherPortsAlone) {
  const Pair& ours = Connect();
  ConnectionWatch watch({.all_max = 0});
  watch.Begin(1);
  watch.Look();
  EXPECT_TRUE(ours.IsOpen());
}

}  // namespace
}  // namespace kmaas::grpc_front
