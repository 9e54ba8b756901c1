#include "app/connections.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

namespace kmaas::app {
namespace {

// A listener on loopback with connections to itself.
class Listener {
 public:
  Listener() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    EXPECT_EQ(::bind(listener_, Address(), size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, Address(), &size), 0);
  }
  ~Listener() {
    for (const int one : files_) ::close(one);
    ::close(listener_);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void Connect() {
    files_.push_back(::socket(AF_INET, SOCK_STREAM, 0));
    EXPECT_EQ(::connect(files_.back(), Address(), sizeof(address_)), 0);
    files_.push_back(::accept(listener_, nullptr, nullptr));
  }
  void CloseAccepted() {
    ::close(files_.back());
    files_.pop_back();
  }
  int port() const { return ntohs(address_.sin_port); }

 private:
  sockaddr* Address() { return reinterpret_cast<sockaddr*>(&address_); }
  int listener_;
  sockaddr_in address_{};
  std::vector<int> files_;
};

TEST(Connections, AreThoseAcceptedAtThePortAndNotClosed) {
  Listener listener;
  Listener other;
  EXPECT_EQ(ConnectionsAt(listener.port()), 0U);
  listener.Connect();
  listener.Connect();
  other.Connect();
  EXPECT_EQ(ConnectionsAt(listener.port()), 2U);
  listener.CloseAccepted();
  EXPECT_EQ(ConnectionsAt(listener.port()), 1U);
}

}  // namespace
}  // namespace kmaas::app
