#include "policy/condition_key.h"

#include <gtest/gtest.h>

#include <array>

namespace kmaas::policy {
namespace {

constexpr auto kNames = std::to_array<std::string_view>({
#define KM_CONDITION_KEY(enumerator, name, type, count) name,
#include "policy/condition_keys.inc"
#undef KM_CONDITION_KEY
});

TEST(ConditionKeyTest, IsFoundByEveryNameOfTheTable) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const bool family = kNames[i].back() == '/' || kNames[i].back() == ':';
    const std::string member =
        static_cast<KnownKey>(i) == KnownKey::kRecipientAttestation ? "pcr0" : (family ? "x" : "");
    const auto key = ConditionKey::Parse(std::string(kNames[i]) + member);
    ASSERT_TRUE(key) << kNames[i];
    EXPECT_EQ(key->known, static_cast<KnownKey>(i)) << kNames[i];
    EXPECT_EQ(NameOf(key->known), kNames[i]);
    EXPECT_EQ(key->member, member);
  }
}

TEST(ConditionKeyTest, HasNoCase) {
  const auto key = ConditionKey::Parse("AWS:principaltag/DePartment");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->known, KnownKey::kPrincipalTag);
  EXPECT_EQ(key->member, "department");
  EXPECT_EQ(key->text, "aws:principaltag/department");
}

TEST(ConditionKeyTest, TellsTheFamilyFromTheListOfItsKeys) {
  EXPECT_EQ(ConditionKey::Parse("kms:EncryptionContextKeys")->known,
            KnownKey::kEncryptionContextKeys);
  EXPECT_EQ(ConditionKey::Parse("kms:EncryptionContext:Keys")->known, KnownKey::kEncryptionContext);
  EXPECT_EQ(ConditionKey::Parse("kms:EncryptionContext:a:b/c")->member, "a:b/c");
}

TEST(ConditionKeyTest, DoesNotKnowWhatAwsDoesNotHave) {
  for (const char* name :
       {"", "kms:", "aws:", "kms:KeySpecs", "aws:PrincipalTag", "aws:principaltag/",
        "kms:EncryptionContext:", "kms:EncryptionContext", "KMS:Nothing",
        "kms:RecipientAttestation:", "kms:RecipientAttestation:PCR", "aws:sourceip ", "username",
        ":x", "x:"}) {
    EXPECT_FALSE(ConditionKey::Parse(name)) << name;
  }
}

TEST(ConditionKeyTest, KnowsTheRegistersThatThereAre) {
  const std::string family = "kms:RecipientAttestation:";
  for (const char* member :
       {"ImageSha384", "PCR0", "pcr9", "PCR31", "NitroTPMPCR0", "NitroTPMPCR23"})
    EXPECT_TRUE(ConditionKey::Parse(family + member)) << member;
  for (const char* member : {"PCR32", "PCR00", "PCR01", "PCR-1", "PCR+1", "PCR1x", "PCR 1",
                             "PCR4294967296", "NitroTPMPCR24", "NitroTPMPCR", "ImageSha256", "x"})
    EXPECT_FALSE(ConditionKey::Parse(family + member)) << member;
}

TEST(ConditionKeyTest, LeavesOtherServicesAndProvidersToTheRequest) {
  for (const char* name :
       {"s3:prefix", "issuer.example:aud", "issuer.example/path:sub", "saml:aud"}) {
    const auto key = ConditionKey::Parse(name);
    ASSERT_TRUE(key) << name;
    EXPECT_EQ(key->known, KnownKey::kOther);
    EXPECT_EQ(TypeOf(*key), ConditionType::kString);
    EXPECT_FALSE(IsMultiValued(*key));
  }
}

TEST(ConditionKeyTest, KnowsItsTypeAndItsCount) {
  EXPECT_EQ(TypeOf(*ConditionKey::Parse("aws:SourceIp")), ConditionType::kIpAddress);
  EXPECT_EQ(TypeOf(*ConditionKey::Parse("kms:ValidTo")), ConditionType::kDate);
  EXPECT_TRUE(IsMultiValued(*ConditionKey::Parse("kms:GrantOperations")));
  EXPECT_FALSE(IsMultiValued(*ConditionKey::Parse("kms:KeySpec")));
}

}  // namespace
}  // namespace kmaas::policy
