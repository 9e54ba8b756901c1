#include "crypto/public_key_pem.h"

#include <gtest/gtest.h>

namespace kmaas::crypto {
namespace {

TEST(PublicKeyPem, GivesBackWhatWentIn) {
  for (std::size_t size = 1; size <= 200; ++size) {
    const Bytes info(size, static_cast<std::uint8_t>(size));
    EXPECT_EQ(PublicKeyFromPem(PublicKeyToPem(info)), info);
  }
}

TEST(PublicKeyPem, HasLinesOfSixtyFourCharacters) {
  const std::string pem = PublicKeyToPem(Bytes(91, 1));
  EXPECT_EQ(pem.substr(0, 27), "-----BEGIN PUBLIC KEY-----\n");
  EXPECT_EQ(pem.find('\n', 27), 27U + 64U);
  EXPECT_TRUE(pem.ends_with("-----END PUBLIC KEY-----\n"));
}

TEST(PublicKeyPem, IsFoundInOtherTextAndWithOtherLineEnds) {
  std::string pem = "audit key\r\n" + PublicKeyToPem(Bytes(91, 7)) + "made yesterday\n";
  for (std::size_t at = pem.find('\n', 12); at != std::string::npos; at = pem.find('\n', at + 2))
    pem.insert(at, "\r");
  EXPECT_EQ(PublicKeyFromPem(pem), Bytes(91, 7));
}

TEST(PublicKeyPem, IsRefusedWhenItIsNone) {
  const std::string pem = PublicKeyToPem(Bytes(91, 7));
  EXPECT_FALSE(PublicKeyFromPem(""));
  EXPECT_FALSE(PublicKeyFromPem(pem.substr(1)));
  EXPECT_FALSE(PublicKeyFromPem(pem.substr(0, pem.size() - 5)));
  EXPECT_FALSE(PublicKeyFromPem("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"));
  EXPECT_FALSE(PublicKeyFromPem("-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n"));
}

}  // namespace
}  // namespace kmaas::crypto
