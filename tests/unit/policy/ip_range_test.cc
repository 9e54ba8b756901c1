#include "policy/ip_range.h"

#include <gtest/gtest.h>

namespace kmaas::policy {
namespace {

bool Contains(std::string_view range, std::string_view address) {
  const auto parsed = IpAddress::Parse(address);
  return parsed && IpRange::Parse(range).value().Contains(*parsed);
}

TEST(IpRangeTest, HoldsWhatItsPrefixHolds) {
  EXPECT_TRUE(Contains("203.0.113.0/24", "203.0.113.255"));
  EXPECT_FALSE(Contains("203.0.113.0/24", "203.0.114.0"));
  EXPECT_TRUE(Contains("203.0.113.128/25", "203.0.113.200"));
  EXPECT_FALSE(Contains("203.0.113.128/25", "203.0.113.127"));
  EXPECT_TRUE(Contains("203.0.113.7", "203.0.113.7"));
  EXPECT_FALSE(Contains("203.0.113.7", "203.0.113.6"));
  EXPECT_TRUE(Contains("0.0.0.0/0", "255.1.2.3"));
  EXPECT_TRUE(Contains("10.1.2.3/8", "10.200.0.1"));
}

TEST(IpRangeTest, HoldsAddressesOfIpv6) {
  EXPECT_TRUE(Contains("2001:db8::/32", "2001:0DB8:ffff::1"));
  EXPECT_FALSE(Contains("2001:db8::/32", "2001:db9::"));
  EXPECT_TRUE(Contains("2001:db8::1", "2001:db8:0:0::1"));
  EXPECT_TRUE(Contains("2001:db8::8000/113", "2001:db8::ffff"));
  EXPECT_FALSE(Contains("2001:db8::8000/113", "2001:db8::7fff"));
}

TEST(IpRangeTest, KeepsTheFamiliesApart) {
  EXPECT_FALSE(Contains("0.0.0.0/0", "::1"));
  EXPECT_FALSE(Contains("::/0", "10.0.0.1"));
}

TEST(IpRangeTest, TakesAMappedAddressForWhatItIs) {
  EXPECT_TRUE(Contains("203.0.113.0/24", "::ffff:203.0.113.9"));
  EXPECT_TRUE(Contains("203.0.113.0/24", "::ffff:cb00:7109"));
  EXPECT_TRUE(Contains("::ffff:203.0.113.0/120", "203.0.113.9"));
  EXPECT_FALSE(Contains("::/0", "::ffff:203.0.113.9"));
}

TEST(IpRangeTest, IsNothingElse) {
  for (const char* text : {"", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/33", "10.0.0.1/",
                           "10.0.0.1/-1", "10.0.0.1/08", "10.0.0.0/8/8", "::/129", "fe80::1%eth0",
                           "10.0.0.*", " 10.0.0.1", "0x0a000001", "1"}) {
    EXPECT_FALSE(IpRange::Parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::Parse("10.0.0.0/8"));
  EXPECT_FALSE(IpRange::Parse(std::string_view("10.0.0.1\0/8", 11)));
}

}  // namespace
}  // namespace kmaas::policy
