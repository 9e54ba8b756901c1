// Connections to a port of loopback, with both of their ends.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "frontends/grpc/port_sockets.h"

namespace kmaas::grpc_front {

inline sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline int PortOf(int socket) {
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

class LoopbackTest : public testing::Test {
 protected:
  LoopbackTest() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in any = Loopback(0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
  }
  ~LoopbackTest() override { ::close(listener_); }

  Pair& Connect() {
    Pair& pair = *pairs_.emplace_back(std::make_unique<Pair>(listener_));
    EXPECT_TRUE(sockets_.Add(pair.server));
    return pair;
  }
  PortSockets& sockets() { return sockets_; }
  int listener() const { return listener_; }

 private:
  int listener_;
  PortSockets sockets_;
  std::vector<std::unique_ptr<Pair>> pairs_;
};

}  // namespace kmaas::grpc_front
