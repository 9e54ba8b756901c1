#include <gtest/gtest.h>

#include "frontends/grpc/grpc_ingress.h"

namespace kmaas::grpc_front {
namespace {

TEST(AddressOfPeer, IsTheAddressAlone) {
  EXPECT_EQ(AddressOfPeer("ipv4:127.0.0.1:50051"), "127.0.0.1");
  EXPECT_EQ(AddressOfPeer("ipv6:%5B::1%5D:50051"), "::1");
  EXPECT_EQ(AddressOfPeer("ipv6:[::1]:50051"), "::1");
  EXPECT_EQ(AddressOfPeer("ipv6:%5B2001:db8::7%5D:1"), "2001:db8::7");
  EXPECT_EQ(AddressOfPeer("ipv6:%5Bfe80::1%252%5D:1"), "fe80::1%252");
}

TEST(AddressOfPeer, IsTheWholeTextWhereThereIsNoPort) {
  EXPECT_EQ(AddressOfPeer(""), "");
  EXPECT_EQ(AddressOfPeer("unknown"), "unknown");
  EXPECT_EQ(AddressOfPeer("unix:"), "unix:");
}

}  // namespace
}  // namespace kmaas::grpc_front
