// The watch over the connections of a port, told by real sockets.
#include "frontends/grpc/connection_watch.h"

#include <memory>

#include "tests/unit/grpc/loopback.h"

namespace kmaas::grpc_front {
namespace {

class ConnectionWatchTest : public LoopbackTest {
 protected:
  // Looks when the test says so; its own looks find the same.
  std::unique_ptr<ConnectionWatch> Watch(const ConnectionLimits& limits) {
    auto watch = std::make_unique<ConnectionWatch>(limits, sockets());
    watch->Begin();
    return watch;
  }
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

}  // namespace
}  // namespace kmaas::grpc_front
