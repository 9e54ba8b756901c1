#include "crypto/hmac_sha1.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace kmaas::crypto {
namespace {

TEST(HmacSha1, GivesTheTagsOfRfc2202) {
  EXPECT_EQ(HexEncode(HmacSha1(Bytes(20, 0x0b), AsBytes("Hi There"))),
            "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(HexEncode(HmacSha1(AsBytes("Jefe"), AsBytes("what do ya want for nothing?"))),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(HexEncode(HmacSha1(Bytes(80, 0xaa),
                               AsBytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(HmacSha1, TakesAnEmptyKeyAsOne) {
  EXPECT_EQ(HexEncode(HmacSha1({}, {})), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

}  // namespace
}  // namespace kmaas::crypto
