#include "core/shape.h"

#include "tests/unit/core/core_world.h"

namespace kmaas::core {
namespace {

class Shape : public testing::Test {
 protected:
  std::string Check(const std::string& operation, const google::protobuf::Message& request) {
    const Result<void> checked = CheckShape(world_.Find(operation), request);
    if (checked) return "fits";
    EXPECT_EQ(checked.error().code, ErrorCode::kValidation);
    return checked.error().message;
  }
  static std::string One(const std::string& value, const std::string& path,
                         const std::string& rule) {
    return "1 validation error detected: Value" + value + " at '" + path +
           "' failed to satisfy constraint: Member must " + rule;
  }
  static kms::EncryptRequest Fitting() {
    kms::EncryptRequest request;
    request.set_key_id("k");
    request.set_plaintext("p");
    return request;
  }
  World world_;
};

TEST_F(Shape, TakesWhatFits) { EXPECT_EQ(Check("Encrypt", Fitting()), "fits"); }

TEST_F(Shape, WantsWhatIsRequired) {
  kms::EncryptRequest request = Fitting();
  request.clear_key_id();
  EXPECT_EQ(Check("Encrypt", request), One(" null", "keyId", "not be null"));
}

TEST_F(Shape, JoinsSeveralFailures) {
  EXPECT_EQ(Check("Encrypt", kms::EncryptRequest()),
            "2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: "
            "Member must not be null; Value null at 'plaintext' failed to satisfy constraint: "
            "Member must not be null");
}

TEST_F(Shape, ReportsEachRuleThatAValueBreaks) {
  kms::CreateAliasRequest request;
  request.set_alias_name(std::string(257, '.'));
  request.set_target_key_id("k");
  EXPECT_EQ(Check("CreateAlias", request),
            "2 validation errors detected: Value at 'aliasName' failed to satisfy constraint: "
            "Member must have length less than or equal to 256; Value at 'aliasName' failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: "
            "^[a-zA-Z0-9:/_-]+$");
}

TEST_F(Shape, CountsAllFailuresAndTellsTheFirst) {
  kms::UntagResourceRequest request;
  request.set_key_id("k");
  for (int i = 0; i < 10000; ++i) request.add_tag_keys("");
  const std::string message = Check("UntagResource", request);
  EXPECT_TRUE(message.starts_with("10000 validation errors detected: ")) << message.substr(0, 100);
  EXPECT_LT(message.size(), 4096U);
}

TEST_F(Shape, BoundsTheLengthOfText) {
  kms::EncryptRequest request = Fitting();
  request.set_key_id("");
  EXPECT_EQ(Check("Encrypt", request),
            One(" ''", "keyId", "have length greater than or equal to 1"));
  request.set_key_id(std::string(2048, 'k'));
  EXPECT_EQ(Check("Encrypt", request), "fits");
  request.set_key_id(std::string(2049, 'k'));
  EXPECT_EQ(Check("Encrypt", request), One("", "keyId", "have length less than or equal to 2048"));
}

TEST_F(Shape, CountsCharactersOfTextAndBytesOfBlobs) {
  kms::CreateKeyRequest text;
  std::string description;
  for (int i = 0; i < 8192; ++i) description += "\xe2\x82\xac";
  text.set_description(description);
  EXPECT_EQ(Check("CreateKey", text), "fits");
  text.set_description(description + "x");
  EXPECT_NE(Check("CreateKey", text), "fits");
  kms::EncryptRequest blob = Fitting();
  blob.set_plaintext(std::string(4096, '\x80'));
  EXPECT_EQ(Check("Encrypt", blob), "fits");
  blob.set_plaintext(std::string(4097, '\x80'));
  EXPECT_EQ(Check("Encrypt", blob), One("", "plaintext", "have length less than or equal to 4096"));
}

TEST_F(Shape, NeverShowsASecret) {
  kms::EncryptRequest request = Fitting();
  request.set_plaintext("");
  EXPECT_EQ(Check("Encrypt", request),
            One("", "plaintext", "have length greater than or equal to 1"));
}

TEST_F(Shape, BoundsNumbers) {
  kms::ListKeysRequest request;
  for (const int fitting : {1, 1000}) {
    request.set_limit(fitting);
    EXPECT_EQ(Check("ListKeys", request), "fits");
  }
  request.set_limit(0);
  EXPECT_EQ(Check("ListKeys", request),
            One(" '0'", "limit", "have value greater than or equal to 1"));
  request.set_limit(1001);
  EXPECT_EQ(Check("ListKeys", request),
            One(" '1001'", "limit", "have value less than or equal to 1000"));
}

TEST_F(Shape, TakesOnlyValuesOfTheSet) {
  kms::GenerateDataKeyRequest request;
  request.set_key_id("k");
  request.set_key_spec("aes_256");
  EXPECT_EQ(Check("GenerateDataKey", request),
            One(" 'aes_256'", "keySpec", "satisfy enum value set: [AES_256, AES_128]"));
}

TEST_F(Shape, ShowsThePatternThatAValueBreaks) {
  kms::CreateAliasRequest request;
  request.set_alias_name("alias/a b");
  request.set_target_key_id("k");
  EXPECT_EQ(
      Check("CreateAlias", request),
      One(" 'alias/a b'", "aliasName", "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"));
}

TEST_F(Shape, CountsMembersOfListsFromOne) {
  kms::TagResourceRequest request;
  request.set_key_id("k");
  for (const char* key : {"a", ""}) {
    kms::Tag* tag = request.add_tags();
    tag->set_tag_key(key);
    tag->set_tag_value("v");
  }
  EXPECT_EQ(Check("TagResource", request),
            One(" ''", "tags.2.member.tagKey", "have length greater than or equal to 1"));
  request.mutable_tags(1)->clear_tag_key();
  EXPECT_EQ(Check("TagResource", request), One(" null", "tags.2.member.tagKey", "not be null"));
}

TEST_F(Shape, ChecksEachTextOfAList) {
  kms::UntagResourceRequest request;
  request.set_key_id("k");
  request.add_tag_keys("a");
  request.add_tag_keys(std::string(129, 'b'));
  EXPECT_EQ(Check("UntagResource", request),
            One(" '" + std::string(129, 'b') + "'", "tagKeys.2.member",
                "have length less than or equal to 128"));
}

TEST_F(Shape, BoundsTheMembersOfAList) {
  kms::EncryptRequest request = Fitting();
  for (int i = 0; i < 10; ++i) request.add_grant_tokens("t");
  EXPECT_EQ(Check("Encrypt", request), "fits");
  request.add_grant_tokens("t");
  EXPECT_EQ(Check("Encrypt", request),
            One("", "grantTokens", "have length less than or equal to 10"));
}

TEST_F(Shape, LooksIntoNestedMessages) {
  kms::GenerateRandomRequest request;
  request.mutable_recipient()->set_key_encryption_algorithm("ROT13");
  EXPECT_EQ(Check("GenerateRandom", request), One(" 'ROT13'", "recipient.keyEncryptionAlgorithm",
                                                  "satisfy enum value set: [RSAES_OAEP_SHA_256]"));
}

}  // namespace
}  // namespace kmaas::core
