// Over real connections on loopback.
#include "siem/transport/socket.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "siem/transport/stream.h"

namespace kmaas::siem {
namespace {

class StreamTest : public testing::Test {
 protected:
  StreamTest() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, plain, size), 0);
    EXPECT_EQ(::getsockname(listener_, plain, &size), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    port_ = ntohs(address.sin_port);
  }
  ~StreamTest() override {
    if (peer_ >= 0) ::close(peer_);
    ::close(listener_);
  }
  std::unique_ptr<Stream> Connect() {
    auto socket = Socket::Connect("127.0.0.1", port_, patience_);
    EXPECT_TRUE(socket);
    peer_ = ::accept(listener_, nullptr, nullptr);
    return MakePlainStream(*std::move(socket));
  }
  std::string Received(std::size_t size) const {
    std::string bytes(size, '\0');
    EXPECT_EQ(::recv(peer_, bytes.data(), size, MSG_WAITALL), static_cast<ssize_t>(size));
    return bytes;
  }

  SystemClock clock_;
  std::atomic<bool> stopping_{false};
  Patience patience_{clock_, stopping_, std::chrono::milliseconds(10'000)};
  int listener_;
  int peer_ = -1;
  std::uint16_t port_ = 0;
};

TEST_F(StreamTest, WritesAndReadsAndKnowsWhatWasAcknowledged) {
  const auto stream = Connect();
  ASSERT_TRUE(stream->Write("hello"));
  EXPECT_EQ(Received(5), "hello");
  EXPECT_EQ(stream->written(), 5U);
  while (stream->Acknowledged().value() < 5) std::this_thread::yield();
  ASSERT_EQ(::send(peer_, "yes", 3, 0), 3);
  EXPECT_EQ(stream->Read().value(), "yes");
  EXPECT_TRUE(stream->Look());
}

TEST_F(StreamTest, WritesMoreThanTheKernelTakesAtOnce) {
  const auto stream = Connect();
  const std::string much(std::size_t{16} << 20U, 'x');
  std::string got;
  std::thread reader([&] { got = Received(much.size()); });
  EXPECT_TRUE(stream->Write(much));
  reader.join();
  EXPECT_EQ(got, much);
}

TEST_F(StreamTest, SeesThatThePeerHasEnded) {
  const auto stream = Connect();
  ::shutdown(peer_, SHUT_WR);
  EXPECT_EQ(stream->Read().value(), "");
  EXPECT_FALSE(stream->Look());
}

TEST_F(StreamTest, FailsAWriteThatNobodyReadsWhenTheServiceStops) {
  const auto stream = Connect();
  stopping_ = true;
  EXPECT_FALSE(stream->Write(std::string(std::size_t{64} << 20U, 'x')));
  EXPECT_FALSE(stream->Read());
}

TEST_F(StreamTest, FailsAConnectionThatNobodyTakes) {
  ::close(listener_);
  EXPECT_FALSE(Socket::Connect("127.0.0.1", port_, patience_));
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_FALSE(Socket::Connect("name.invalid.", port_, patience_));
}

}  // namespace
}  // namespace kmaas::siem
