// Identifiers have one spelling each; every other spelling is refused.
#include "domain/ids.h"

#include <gtest/gtest.h>

#include <random>

namespace kmaas::domain {
namespace {

constexpr char kUuid[] = "1234abcd-12ab-34cd-56ef-1234567890ab";

TEST(KeyId, ParsesAUuidAndAMultiRegionId) {
  const auto plain = KeyId::Parse(kUuid);
  ASSERT_TRUE(plain.has_value());
  EXPECT_FALSE(plain->multi_region);
  EXPECT_EQ(plain->ToText(), kUuid);
  const auto multi = KeyId::Parse("mrk-1234abcd12ab34cd56ef1234567890ab");
  ASSERT_TRUE(multi.has_value());
  EXPECT_TRUE(multi->multi_region);
  EXPECT_EQ(multi->ToText(), "mrk-1234abcd12ab34cd56ef1234567890ab");
  EXPECT_EQ(multi->bits, plain->bits);
  EXPECT_NE(*multi, *plain);
}

// Check and use must see the same bytes: a second spelling of an id would be a second identity.
TEST(KeyId, RefusesEveryOtherSpelling) {
  for (const char* text : {"",
                           "1234ABCD-12ab-34cd-56ef-1234567890ab",
                           "1234abcd-12ab-34cd-56ef-1234567890a",
                           "1234abcd-12ab-34cd-56ef-1234567890abc",
                           "1234abcd12ab34cd56ef1234567890ab",
                           "1234abcd_12ab-34cd-56ef-1234567890ab",
                           "{1234abcd-12ab-34cd-56ef-1234567890ab}",
                           " 1234abcd-12ab-34cd-56ef-1234567890ab",
                           "1234abcd-12ab-34cd-56ef-1234567890ab ",
                           "1234abcd-12ab-34cd-56ef-1234567890ag",
                           "-234abcd-12ab-34cd-56ef-1234567890ab",
                           "12345abc-d12a-b34c-d56ef1234567890ab",
                           "mrk-1234abcd-12ab-34cd-56ef-1234567890ab",
                           "MRK-1234abcd12ab34cd56ef1234567890ab",
                           "mrk-1234ABCD12ab34cd56ef1234567890ab",
                           "mrk-",
                           "mrk-1234abcd12ab34cd56ef1234567890a",
                           "..",
                           "%31234abcd-12ab-34cd-56ef-1234567890a",
                           "\xd0\xb0"
                           "234abcd-12ab-34cd-56ef-1234567890ab"}) {
    EXPECT_FALSE(KeyId::Parse(text).has_value()) << text;
  }
  EXPECT_FALSE(KeyId::Parse(std::string_view("1234abcd-12ab-34cd-56ef-1234567890ab\0", 37)));
}

TEST(KeyId, AcceptsNoSingleByteChangeThatIsNotAnotherId) {
  for (std::size_t at = 0; at < sizeof(kUuid) - 1; ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      std::string text = kUuid;
      text[at] = static_cast<char>(value);
      const auto parsed = KeyId::Parse(text);
      ASSERT_TRUE(!parsed || parsed->ToText() == text) << text;
    }
  }
}

TEST(KeyId, MarksRandomBitsAsVersionFour) {
  std::array<std::uint8_t, 16> random{};
  random.fill(0xff);
  EXPECT_EQ(KeyId::FromRandom(random).ToText(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  random.fill(0);
  EXPECT_EQ(KeyId::FromRandom(random).ToText(), "00000000-0000-4000-8000-000000000000");
}

TEST(MaterialId, HasSixtyFourLowerCaseDigits) {
  const std::string text(64, 'a');
  EXPECT_EQ(MaterialId::Parse(text).value().ToText(), text);
  EXPECT_FALSE(MaterialId::Parse(std::string(63, 'a')));
  EXPECT_FALSE(MaterialId::Parse(std::string(65, 'a')));
  EXPECT_FALSE(MaterialId::Parse(std::string(64, 'A')));
  EXPECT_FALSE(MaterialId::Parse(std::string(64, 'g')));
}

TEST(Arn, KeepsColonsAndSlashesOfTheResource) {
  const auto arn = Arn::Parse("arn:aws:iam::111122223333:user/a:b/c");
  ASSERT_TRUE(arn.has_value());
  EXPECT_EQ(arn->service, "iam");
  EXPECT_EQ(arn->region, "");
  EXPECT_EQ(arn->account, "111122223333");
  EXPECT_EQ(arn->resource, "user/a:b/c");
  EXPECT_EQ(arn->ToText(), "arn:aws:iam::111122223333:user/a:b/c");
}

TEST(Arn, RefusesWhatHasNoSixParts) {
  for (const char* text :
       {"", "arn", "arn:", "arn:aws:kms:eu:1", "arn:aws:kms:eu:1:", "ARN:aws:kms:eu:1:key/x",
        " arn:aws:kms:eu:1:key/x", "urn:aws:kms:eu:1:key/x", ":::::x"}) {
    EXPECT_FALSE(Arn::Parse(text).has_value()) << text;
  }
}

TEST(Arn, ComesBackByteForByte) {
  std::mt19937 random(11);
  constexpr std::string_view kLetters =
      "a:/.-*? %\n\xc3\xa9"
      "Z0";
  for (int i = 0; i < 20000; ++i) {
    std::string text = "arn:";
    const auto length = random() % 24;
    for (unsigned n = 0; n < length; ++n) text.push_back(kLetters[random() % kLetters.size()]);
    const auto arn = Arn::Parse(text);
    ASSERT_TRUE(!arn || arn->ToText() == text) << text;
  }
}

TEST(Arn, IsBuiltAsAwsSpellsIt) {
  const KeyId id = KeyId::Parse(kUuid).value();
  EXPECT_EQ(KeyArn("eu-west-1", "111122223333", id),
            "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
  EXPECT_EQ(AliasArn("eu-west-1", "111122223333", "alias/a/b"),
            "arn:aws:kms:eu-west-1:111122223333:alias/a/b");
  EXPECT_EQ(RootArn("111122223333"), "arn:aws:iam::111122223333:root");
}

TEST(AliasName, HasAPrefixAndOneTo250Characters) {
  EXPECT_TRUE(IsAliasName("alias/a"));
  EXPECT_TRUE(IsAliasName("alias/Az09/_-"));
  EXPECT_TRUE(IsAliasName("alias/" + std::string(250, 'x')));
  EXPECT_FALSE(IsAliasName("alias/" + std::string(251, 'x')));
}

TEST(AliasName, RefusesHostileSpellings) {
  for (const char* text : {"", "alias", "alias/", "Alias/a", "ALIAS/a", "aliases/a", " alias/a",
                           "alias/a ", "alias/a.b", "alias/..", "alias/%2e", "alias/a:b",
                           "alias/a*", "alias/a?", "alias/\xc3\xa9", "alias/a\n", "alias\\a",
                           "alias/a\xc2\xa0"
                           "b"}) {
    EXPECT_FALSE(IsAliasName(text)) << text;
  }
  EXPECT_FALSE(IsAliasName(std::string_view("alias/a\0b", 9)));
}

TEST(AccountId, HasTwelveDigits) {
  EXPECT_TRUE(IsAccountId("000000000000"));
  for (const char* text :
       {"", "11112222333", "1111222233334", "11112222333a", "-11112222333", " 11112222333",
        "\xd9\xa1"
        "1112222333"}) {
    EXPECT_FALSE(IsAccountId(text)) << text;
  }
}

TEST(ResourceType, IsThatOfWhatTheArnNames) {
  EXPECT_EQ(ResourceType("arn:aws:kms:eu-central-1:111122223333:key/1"), "AWS::KMS::Key");
  EXPECT_EQ(ResourceType("arn:aws:kms:eu-central-1:111122223333:alias/a"), "AWS::KMS::Alias");
  EXPECT_EQ(ResourceType("arn:aws:iam::111122223333:role/x/y"), "AWS::IAM::Role");
  EXPECT_EQ(ResourceType("arn:aws:iam::aws:policy/ReadOnly"), "AWS::IAM::ManagedPolicy");
  for (const char* other : {"", "*", "arn:aws:kms", "arn:aws:iam::111122223333:root",
                            "arn:aws:s3:::key/1", "arn:aws:iam::111122223333:keys/1"})
    EXPECT_EQ(ResourceType(other), "") << other;
}

}  // namespace
}  // namespace kmaas::domain
