// The accepted connections, told by real sockets.
#include "frontends/grpc/port_sockets.h"

#include "frontends/grpc/peer_name.h"
#include "tests/unit/grpc/loopback.h"

namespace kmaas::grpc_front {
namespace {

using PortSocketsTest = LoopbackTest;

TEST_F(PortSocketsTest, AreOpenInTheOrderOfTheirComing) {
  const Pair& first = Connect();
  const Pair& second = Connect();
  const auto open = sockets().Open();
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].peer, PeerOf(first.Peer()));
  EXPECT_EQ(open[1].peer, PeerOf(second.Peer()));
  EXPECT_EQ(open[0].network, "127.0.0.1");
}

TEST_F(PortSocketsTest, ForgetWhatIsClosed) {
  Pair& first = Connect();
  Connect();
  ::close(first.server);
  first.server = -1;
  EXPECT_EQ(sockets().size(), 1U);
  EXPECT_FALSE(sockets().End(PeerOf(first.Peer())));
}

TEST_F(PortSocketsTest, LeaveTheNextOwnerOfADescriptorAlone) {
  Pair& first = Connect();
  const PortSocket known = sockets().Open().front();
  const Pair other(listener());
  ASSERT_GE(::dup2(other.server, first.server), 0) << "closed, and another socket's at once";
  EndConnection(known);
  EXPECT_FALSE(sockets().End(known.peer));
  EXPECT_TRUE(other.IsOpen());
  EXPECT_EQ(sockets().size(), 0U);
}

// gRPC keeps one whose call lasts on; its peer may have come again from the same port.
TEST_F(PortSocketsTest, ForgetThoseWhosePeerHasGone) {
  const Pair& gone = Connect();
  const linger at_once{1, 0};
  ASSERT_EQ(::setsockopt(gone.client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
  const std::string peer = PeerOf(gone.Peer());
  ASSERT_EQ(::shutdown(gone.server, SHUT_RDWR), 0);
  ASSERT_EQ(::shutdown(gone.client, SHUT_RDWR), 0);
  EXPECT_EQ(sockets().size(), 0U);
  EXPECT_FALSE(sockets().End(peer));
}

TEST_F(PortSocketsTest, EndOnePeerAndNoOther) {
  const Pair& one = Connect();
  const Pair& other = Connect();
  EXPECT_TRUE(sockets().End(PeerOf(one.Peer())));
  EXPECT_FALSE(one.IsOpen());
  EXPECT_TRUE(other.IsOpen());
}

TEST_F(PortSocketsTest, DoNotTakeAPeerWhoHasGone) {
  const Pair pair(listener());
  ASSERT_EQ(::shutdown(pair.client, SHUT_RDWR), 0);
  ASSERT_EQ(::shutdown(pair.server, SHUT_RDWR), 0);
  PortSockets none;
  EXPECT_FALSE(none.Add(pair.server));
  EXPECT_EQ(none.size(), 0U);
}

}  // namespace
}  // namespace kmaas::grpc_front
