// Floods of calls and of what is none, told by real sockets.
#include "frontends/grpc/peer_calls.h"

#include "frontends/grpc/peer_name.h"
#include "tests/unit/grpc/loopback.h"

namespace kmaas::grpc_front {
namespace {

using PeerCallsTest = LoopbackTest;

void Send(const Pair& pair, std::size_t bytes) {
  const std::string flood(16384, 'x');
  std::string read(16384, '\0');
  for (std::size_t sent = 0; sent < bytes; sent += flood.size()) {
    ASSERT_GT(::send(pair.client, flood.data(), flood.size(), MSG_NOSIGNAL), 0);
    ASSERT_GT(::recv(pair.server, read.data(), read.size(), MSG_WAITALL), 0);
  }
}

TEST_F(PeerCallsTest, EndAConnectionThatHasTooManyOpen) {
  const Pair& hasty = Connect();
  const Pair& other = Connect();
  PeerCalls calls(3, sockets());
  calls.Watch();
  for (int i = 0; i < 3; ++i) calls.Begin(hasty.Peer());
  for (int i = 0; i < 3; ++i) calls.Begin(other.Peer());
  EXPECT_TRUE(hasty.IsOpen());
  calls.End(other.Peer(), {});
  calls.Begin(other.Peer());
  calls.Begin(hasty.Peer());
  EXPECT_FALSE(hasty.IsOpen());
  EXPECT_TRUE(other.IsOpen());
  EXPECT_EQ(calls.ended(), 1U);
}

TEST_F(PeerCallsTest, EndAConnectionThatSendsWhatNoCallHolds) {
  const Pair& pair = Connect();
  PeerCalls calls(3, sockets());
  calls.Watch();
  Send(pair, 512 << 10U);
  calls.Look();
  EXPECT_FALSE(pair.IsOpen());
  EXPECT_EQ(calls.ended(), 1U);
}

TEST_F(PeerCallsTest, LetACallBeAsLargeAsItMay) {
  const Pair& pair = Connect();
  PeerCalls calls(3, sockets());
  calls.Begin(pair.Peer());
  calls.Watch();
  Send(pair, 1 << 20U);
  calls.Look();
  EXPECT_TRUE(pair.IsOpen());
  calls.End(pair.Peer(), {});
  calls.Look();
  EXPECT_TRUE(pair.IsOpen()) << "nothing has come since";
}

TEST_F(PeerCallsTest, GrantNothingForWhatACallDidNotHold) {
  const Pair& pair = Connect();
  PeerCalls calls(3, sockets());
  calls.Begin(pair.Peer());
  calls.End(pair.Peer(), 5);
  calls.Watch();
  Send(pair, 512 << 10U);
  calls.Look();
  EXPECT_FALSE(pair.IsOpen());
}

TEST_F(PeerCallsTest, GrantTheBytesOfACallOnceThatStaysOpen) {
  const Pair& pair = Connect();
  PeerCalls calls(3, sockets());
  calls.Begin(pair.Peer());
  calls.Watch();
  Send(pair, 1 << 20U);
  calls.Look();
  EXPECT_TRUE(pair.IsOpen());
  Send(pair, 512 << 10U);
  calls.Look();
  EXPECT_FALSE(pair.IsOpen());
}

TEST(PeerOf, IsTheAddressOfTheSocket) {
  EXPECT_EQ(PeerOf("ipv4:127.0.0.1:50051"), "127.0.0.1:50051");
  EXPECT_EQ(PeerOf("ipv6:%5B::1%5D:50051"), "::1:50051");
  EXPECT_EQ(PeerOf("ipv6:[2001:db8::1]:1"), "2001:db8::1:1");
}

}  // namespace
}  // namespace kmaas::grpc_front
