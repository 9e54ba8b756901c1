// Goal: the right row of the token table applies, and SoftHSM's directory is found.
#include "hsm/token_profiles.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "hsm/token_files.h"
#include "tests/fakes/soft_token.h"

namespace kmaas::hsm {
namespace {

const TokenProfile& ProfileOfMaker(const std::string& manufacturer) {
  TokenFacts facts;
  facts.manufacturer = manufacturer;
  return ProfileOf(facts);
}

TEST(TokenProfiles, KnowTheirMakers) {
  EXPECT_STREQ(ProfileOfMaker("SoftHSM project").name, "SoftHSM 2");
  EXPECT_STREQ(ProfileOfMaker("Mozilla Foundation").name, "NSS softokn");
  EXPECT_STREQ(ProfileOfMaker("Somebody Else").name, "any PKCS#11 token");
}

TEST(TokenProfiles, NeverOfferNssAsCustody) {
  EXPECT_FALSE(ProfileOfMaker("Mozilla Foundation").separates_keys);
}

TEST(TokenProfiles, NameAWrapMethodForEachDialect) {
  EXPECT_EQ(WrapMethodOf(domain::WrapDialect::kNone), nullptr);
  EXPECT_EQ(WrapMethodOf(domain::WrapDialect::kPkcs11WrapPad)->mechanism, CKM_AES_KEY_WRAP_PAD);
  EXPECT_EQ(WrapMethodOf(domain::WrapDialect::kPkcs11WrapKwp)->mechanism, CKM_AES_KEY_WRAP_KWP);
}

TEST(TokenProfiles, FindTheDirectoryOfSoftHsm) {
  const auto token = fakes::SoftToken::Create();
  EXPECT_EQ(ProfileOfMaker("SoftHSM project").directory(), token.token_directory());
}

TEST(TokenFiles, FlushATree) {
  const auto token = fakes::SoftToken::Create();
  EXPECT_TRUE(FlushFiles(token.token_directory(), FlushScope::kAll));
  EXPECT_TRUE(FlushFiles(token.token_directory(), FlushScope::kRecent));
  EXPECT_TRUE(FlushFiles("", FlushScope::kAll));
}

TEST(TokenFiles, SayWhichDirectoryIsNotThere) {
  const auto missing = FlushFiles("/nonexistent/tokens", FlushScope::kAll);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("/nonexistent/tokens"), std::string::npos);
}

}  // namespace
}  // namespace kmaas::hsm
