// Members of a body: each type takes its own form of JSON and refuses the others.
#include <gtest/gtest.h>

#include "tests/unit/aws_json/codec.h"

namespace kmaas::aws_json {
namespace {

std::string With(const std::string& member, const std::string& value) {
  return "{\"" + member + "\":" + value + "}";
}

TEST(JsonMember, TextIsAString) {
  EXPECT_EQ(Decode<v1::DescribeKeyRequest>(R"({"KeyId":"alias\/\u0061"})")->key_id(), "alias/a");
  EXPECT_TRUE(Decode<v1::DescribeKeyRequest>(R"({"KeyId":""})")->has_key_id());
  const std::pair<const char*, const char*> refused[] = {
      {"1", "NUMBER_VALUE can not be converted to String"},
      {"1.5", "NUMBER_VALUE can not be converted to String"},
      {"true", "TRUE_VALUE can not be converted to String"},
      {"false", "FALSE_VALUE can not be converted to String"},
      {"[\"a\"]", "Start of list found where not expected"},
      {"{}", "Start of structure or map found where not expected."}};
  for (const auto& [value, message] : refused) {
    EXPECT_EQ(Refusal<v1::DescribeKeyRequest>(With("KeyId", value)), message) << value;
  }
}

TEST(JsonMember, FlagIsTrueOrFalse) {
  EXPECT_TRUE(Decode<v1::EncryptRequest>(R"({"DryRun":true})")->dry_run());
  const auto unset = Decode<v1::EncryptRequest>(R"({"DryRun":false})");
  EXPECT_TRUE(unset->has_dry_run());
  EXPECT_FALSE(unset->dry_run());
  for (const char* value : {"1", "0", "\"true\"", "[]", "{}"}) {
    EXPECT_NE(Refusal<v1::EncryptRequest>(With("DryRun", value)), "") << value;
  }
  EXPECT_EQ(Refusal<v1::EncryptRequest>(R"({"DryRun":"true"})"),
            "STRING_VALUE can not be converted to Boolean");
}

TEST(JsonMember, WholeNumberMayBeWrittenInAnyForm) {
  const std::pair<const char*, int> taken[] = {{"7", 7},
                                               {"-7", -7},
                                               {"0", 0},
                                               {"-0", 0},
                                               {"1.0", 1},
                                               {"1e2", 100},
                                               {"-1E+2", -100},
                                               {"100e-2", 1},
                                               {"2147483647", 2147483647},
                                               {"-2147483648", -2147483647 - 1},
                                               {"2147483647.0", 2147483647}};
  for (const auto& [value, number] : taken) {
    const auto decoded = Decode<v1::ListKeysRequest>(With("Limit", value));
    ASSERT_TRUE(decoded) << value;
    EXPECT_TRUE(decoded->has_limit());
    EXPECT_EQ(decoded->limit(), number) << value;
  }
}

TEST(JsonMember, WholeNumberHasNoFractionAndFits) {
  for (const char* value : {"1.5", "0.1", "1e-2", "2147483648", "-2147483649", "2147483648.0",
                            "1e10", "9007199254740993", "9223372036854775807",
                            "9223372036854775808", "18446744073709551615", "1e300", "-1e300"}) {
    EXPECT_EQ(Refusal<v1::ListKeysRequest>(With("Limit", value)),
              "NUMBER_VALUE can not be converted to Integer")
        << value;
  }
  EXPECT_EQ(Refusal<v1::ListKeysRequest>(R"({"Limit":"7"})"),
            "STRING_VALUE can not be converted to Integer");
  for (const char* value :
       {"01", "+1", "1.", ".5", "1e", "0x1", "NaN", "Infinity", "--1", "1e999"}) {
    EXPECT_NE(Refusal<v1::ListKeysRequest>(With("Limit", value)), "") << value;
  }
}

TEST(JsonMember, TimestampIsANumberOfSeconds) {
  for (const auto& [value, seconds] :
       {std::pair("1795521600", 1795521600.0), std::pair("1795521600.123", 1795521600.123),
        std::pair("1.7955216e9", 1795521600.0), std::pair("-1", -1.0)}) {
    EXPECT_EQ(Decode<v1::KeyMetadata>(With("CreationDate", value))->creation_date(), seconds);
  }
  for (const char* value : {"\"2026-11-24T12:00:00Z\"", "\"1795521600\"", "true", "[]", "{}"}) {
    EXPECT_NE(Refusal<v1::KeyMetadata>(With("CreationDate", value)), "") << value;
  }
}

TEST(JsonMember, BlobIsCanonicalBase64) {
  EXPECT_EQ(Decode<v1::EncryptRequest>(R"({"Plaintext":"AP+Q\/w=="})")->plaintext(),
            std::string("\0\xff\x90\xff", 4));
  EXPECT_TRUE(Decode<v1::EncryptRequest>(R"({"Plaintext":""})")->has_plaintext());
  for (const char* value : {"aGVsbG8", "aGVsbG8==", "aGVsbG9=", "aGVs bG8=", "aGVs\\nbG8=",
                            "aGVsbG8=\\n", "_-8=", "====", "=", "aGVs\\u0000G8=", "\xc3\xa9=="}) {
    EXPECT_EQ(Refusal<v1::EncryptRequest>(With("Plaintext", '"' + std::string(value) + '"')),
              "Invalid base64 in member Plaintext")
        << value;
  }
  EXPECT_EQ(Refusal<v1::EncryptRequest>(R"({"Plaintext":[104,101]})"),
            "Start of list found where not expected");
  EXPECT_EQ(Refusal<v1::EncryptRequest>(R"({"Plaintext":1})"),
            "NUMBER_VALUE can not be converted to Blob");
}

// An answer that repeated the value would carry a plaintext into logs.
TEST(JsonMember, RefusalNeverRepeatsTheValue) {
  for (const char* value : {R"("c2VjcmV0IQ")", R"(["c2VjcmV0IQ"])", R"({"c2VjcmV0IQ":1})"}) {
    const std::string message = Refusal<v1::EncryptRequest>(With("Plaintext", value));
    EXPECT_NE(message, "");
    EXPECT_EQ(message.find("c2Vj"), std::string::npos) << message;
  }
}

TEST(JsonMember, ListHoldsItsElementsInOrder) {
  const auto decoded = Decode<v1::UntagResourceRequest>(R"({"TagKeys":["b","","a"]})");
  ASSERT_TRUE(decoded);
  ASSERT_EQ(decoded->tag_keys_size(), 3);
  EXPECT_EQ(decoded->tag_keys(0), "b");
  EXPECT_EQ(decoded->tag_keys(2), "a");
  EXPECT_EQ(Decode<v1::UntagResourceRequest>(R"({"TagKeys":[]})")->tag_keys_size(), 0);
  for (const char* value : {"\"a\"", "{}", "1", "true"}) {
    EXPECT_EQ(Refusal<v1::UntagResourceRequest>(With("TagKeys", value)), "Expected list or null");
  }
  for (const char* value : {"[1]", "[\"a\",null]", "[[\"a\"]]", "[{}]", "[\"a\",true]"}) {
    EXPECT_NE(Refusal<v1::UntagResourceRequest>(With("TagKeys", value)), "") << value;
  }
}

TEST(JsonMember, StructuresNest) {
  const auto decoded = Decode<v1::TagResourceRequest>(
      R"({"Tags":[{"TagKey":"k","TagValue":"v","Unknown":[{}]},{}]})");
  ASSERT_TRUE(decoded);
  ASSERT_EQ(decoded->tags_size(), 2);
  EXPECT_EQ(decoded->tags(0).tag_value(), "v");
  EXPECT_FALSE(decoded->tags(1).has_tag_key());
  EXPECT_EQ(Refusal<v1::TagResourceRequest>(R"({"Tags":[["TagKey","k"]]})"),
            "Start of list found where not expected");
  EXPECT_EQ(Refusal<v1::TagResourceRequest>(R"({"Tags":[null]})"),
            "NULL_VALUE can not be converted to Structure");
  EXPECT_EQ(Refusal<v1::DecryptRequest>(R"({"Recipient":"a"})"), "Expected structure or null");
  EXPECT_TRUE(Decode<v1::DecryptRequest>(R"({"Recipient":{}})")->has_recipient());
}

TEST(JsonMember, MapHoldsTexts) {
  const auto decoded =
      Decode<v1::EncryptRequest>(R"({"EncryptionContext":{"b":"1","":"","\u00e9":"2"}})");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->encryption_context_size(), 3);
  EXPECT_EQ(decoded->encryption_context().at("\xc3\xa9"), "2");
  EXPECT_EQ(decoded->encryption_context().at(""), "");
  EXPECT_EQ(Decode<v1::EncryptRequest>(R"({"EncryptionContext":{}})")->encryption_context_size(),
            0);
  for (const char* value :
       {R"({"a":1})", R"({"a":null})", R"({"a":["b"]})", R"({"a":{}})", R"({"a":true})"}) {
    EXPECT_NE(Refusal<v1::EncryptRequest>(With("EncryptionContext", value)), "") << value;
  }
  for (const char* value : {"[]", "\"a=b\"", "1"}) {
    EXPECT_EQ(Refusal<v1::EncryptRequest>(With("EncryptionContext", value)),
              "Expected map or null");
  }
}

TEST(JsonMember, NullCountsAsAbsent) {
  const auto decoded = Decode<v1::DecryptRequest>(
      R"({"KeyId":null,"CiphertextBlob":null,"EncryptionContext":null,"GrantTokens":null,)"
      R"("Recipient":null,"DryRun":null})");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->ByteSizeLong(), 0U);
  EXPECT_EQ(Decode<v1::ListKeysRequest>(R"({"Limit":null})")->has_limit(), false);
}

TEST(JsonMember, UnknownIsPassedOver) {
  const auto decoded = Decode<v1::DescribeKeyRequest>(
      R"({"keyId":"x","KEYID":"y","KeyId ":"z","":0,"A":{"KeyId":"n"},"A":[1],"KeyId":"k"})");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->key_id(), "k");
  EXPECT_FALSE(Decode<v1::DescribeKeyRequest>(R"({"key_id":"x"})")->has_key_id());
}

// Two parsers that choose differently among doubles would read two requests.
TEST(JsonMember, IsGivenOnce) {
  for (const char* body : {R"({"KeyId":"a","KeyId":"b"})", R"({"KeyId":"a","KeyId":"a"})",
                           R"({"KeyId":"a","\u004beyId":"b"})", R"({"KeyId":null,"KeyId":"b"})",
                           R"({"KeyId":"a","KeyId":null})"}) {
    EXPECT_EQ(Refusal<v1::DescribeKeyRequest>(body), "Duplicate member KeyId") << body;
  }
  EXPECT_EQ(Refusal<v1::TagResourceRequest>(R"({"Tags":[{"TagKey":"a","TagKey":"b"}]})"),
            "Duplicate member TagKey");
  for (const char* context : {R"({"a":"1","a":"2"})", R"({"a":"1","\u0061":"1"})"}) {
    EXPECT_EQ(Refusal<v1::EncryptRequest>(With("EncryptionContext", context)),
              "Duplicate key in member EncryptionContext");
  }
}

}  // namespace
}  // namespace kmaas::aws_json
