#include "crypto/secret_sharing.h"

#include <gtest/gtest.h>

#include <bit>
#include <functional>
#include <set>

namespace kmaas::crypto {
namespace {

const Bytes kSecret{0x00, 0x01, 0x7f, 0x80, 0xff, 0x53, 0xca, 0x11};

// Calls `each` with the points of every subset of so many shares.
void ForEverySubset(const std::vector<SecretBytes>& shares, unsigned size,
                    const std::function<void(const std::vector<SharePoint>&)>& each) {
  for (unsigned chosen = 0; chosen < 1U << shares.size(); ++chosen) {
    if (std::popcount(chosen) != static_cast<int>(size)) continue;
    std::vector<SharePoint> points;
    for (unsigned share = 0; share < shares.size(); ++share)
      if ((chosen >> share & 1U) != 0)
        points.push_back({static_cast<std::uint8_t>(share + 1), shares[share].view()});
    each(points);
  }
}

TEST(SecretSharing, EverySubsetOfEnoughSharesGivesTheSecret) {
  unsigned subsets = 0;
  for (unsigned count = 1; count <= 7; ++count)
    for (unsigned threshold = 1; threshold <= count; ++threshold) {
      const auto shares = SplitSecret(kSecret, threshold, count);
      for (unsigned size = threshold; size <= count; ++size)
        ForEverySubset(shares, size, [&](const auto& points) {
          EXPECT_EQ(ToBytes(CombineShares(points).view()), kSecret);
          ++subsets;
        });
    }
  EXPECT_EQ(subsets, 769U);  // of n: n times 2^(n-1); n from 1 to 7
}

TEST(SecretSharing, NoSubsetOfOneShareLessGivesTheSecret) {
  for (unsigned count = 2; count <= 7; ++count)
    for (unsigned threshold = 2; threshold <= count; ++threshold) {
      const auto shares = SplitSecret(kSecret, threshold, count);
      ForEverySubset(shares, threshold - 1, [&](const auto& points) {
        EXPECT_NE(ToBytes(CombineShares(points).view()), kSecret);
      });
    }
}

// With one share less every value of the secret is as likely as any other: of one byte, the share
// that is missing can make every one.
TEST(SecretSharing, OneShareLessSaysNothing) {
  const auto shares = SplitSecret(Bytes{42}, 2, 2);
  std::set<std::uint8_t> possible;
  for (unsigned value = 0; value < 256; ++value) {
    const Bytes other{static_cast<std::uint8_t>(value)};
    const std::vector<SharePoint> points{{1, shares[0].view()}, {2, other}};
    possible.insert(CombineShares(points).view()[0]);
  }
  EXPECT_EQ(possible.size(), 256U);
}

// Worked by hand over AES's field: 0x2a + 0x53 x has 0x79 at 1 and 0x8c at 2.
TEST(SecretSharing, CombinesPointsThatWereWorkedOutElsewhere) {
  const Bytes first{0x2a ^ 0x53};
  const Bytes second{0x2a ^ 0xa6};
  const std::vector<SharePoint> points{{1, first}, {2, second}};
  EXPECT_EQ(CombineShares(points).view()[0], 0x2a);
}

TEST(SecretSharing, SplitsAnewEachTime) {
  EXPECT_NE(ToBytes(SplitSecret(kSecret, 2, 2)[0].view()),
            ToBytes(SplitSecret(kSecret, 2, 2)[0].view()));
}

}  // namespace
}  // namespace kmaas::crypto
