#include "identity/totp.h"

#include <gtest/gtest.h>

namespace kmaas::identity {
namespace {

std::uint64_t StepAtSecond(std::int64_t second) {
  return TotpStepAt(WallTime(std::chrono::seconds(second)));
}

// RFC 6238 appendix B, the rows for SHA-1.
TEST(Totp, GivesTheCodesOfRfc6238) {
  const ByteView seed = AsBytes("12345678901234567890");
  const std::pair<std::int64_t, const char*> rows[] = {{59, "94287082"},
                                                       {1111111109, "07081804"},
                                                       {1111111111, "14050471"},
                                                       {1234567890, "89005924"},
                                                       {2000000000, "69279037"}};
  for (const auto& [second, code] : rows)
    EXPECT_EQ(TotpCode(seed, StepAtSecond(second), 8), code) << second;
  // The last row lies beyond the wall clock's range, not beyond the counter's.
  EXPECT_EQ(TotpCode(seed, 20000000000 / 30, 8), "65353130");
}

// RFC 4226 appendix D.
TEST(Totp, GivesTheCodesOfRfc4226) {
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t counter = 0; counter < 10; ++counter)
    EXPECT_EQ(TotpCode(AsBytes("12345678901234567890"), counter), codes[counter]);
}

TEST(Totp, ChangesItsStepEvery30Seconds) {
  EXPECT_EQ(StepAtSecond(29), 0U);
  EXPECT_EQ(StepAtSecond(30), 1U);
  EXPECT_EQ(StepAtSecond(59), 1U);
}

// RFC 4648 section 10, without padding.
TEST(Base32, GivesTheTextsOfRfc4648) {
  EXPECT_EQ(Base32Encode({}), "");
  EXPECT_EQ(Base32Encode(AsBytes("f")), "MY");
  EXPECT_EQ(Base32Encode(AsBytes("fo")), "MZXQ");
  EXPECT_EQ(Base32Encode(AsBytes("foo")), "MZXW6");
  EXPECT_EQ(Base32Encode(AsBytes("foob")), "MZXW6YQ");
  EXPECT_EQ(Base32Encode(AsBytes("foobar")), "MZXW6YTBOI");
}

}  // namespace
}  // namespace kmaas::identity
