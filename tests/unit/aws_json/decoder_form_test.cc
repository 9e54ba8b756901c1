// Bodies as JSON: what is one object passes, everything else is a SerializationException.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/unit/aws_json/codec.h"

namespace kmaas::aws_json {
namespace {

constexpr char kNotJson[] = "The request body is not valid JSON.";

std::string Nested(std::size_t levels) {
  return R"({"Unknown":)" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
}

TEST(JsonBody, MayBeEmpty) {
  for (const char* body : {"", "{}", " {\r\n\t} "}) {
    const auto decoded = Decode<v1::CreateKeyRequest>(body);
    ASSERT_TRUE(decoded) << body;
    EXPECT_EQ(decoded->ByteSizeLong(), 0U) << body;
  }
}

TEST(JsonBody, IsOneJsonText) {
  for (const char* body : {" ",
                           "{",
                           "}",
                           "{]",
                           "{\"KeyId\"}",
                           "{\"KeyId\":}",
                           "{\"KeyId\":\"a\",}",
                           "{,}",
                           "{\"KeyId\":\"a\"",
                           "{\"KeyId\":\"a}",
                           "{'KeyId':'a'}",
                           "{KeyId:1}",
                           "{} {}",
                           "{}x",
                           "{\"KeyId\":\"a\nb\"}",
                           "{\"KeyId\":\"\\x41\"}",
                           "{\"KeyId\":\"\\u12\"}",
                           "{\"KeyId\":tru}",
                           "/**/{}",
                           "{\"KeyId\" \"a\"}",
                           "\xef\xbb\xbf"}) {
    EXPECT_EQ(Refusal<v1::DescribeKeyRequest>(body), kNotJson) << body;
  }
  EXPECT_EQ(Refusal<v1::DescribeKeyRequest>(std::string_view("{}\0", 3)), kNotJson);
}

TEST(JsonBody, IsAnObject) {
  for (const char* body : {"[]", "null", "\"KeyId\"", "1", "true", "[{\"KeyId\":\"a\"}]"}) {
    EXPECT_EQ(Refusal<v1::DescribeKeyRequest>(body), "The request body must be a JSON object.")
        << body;
  }
}

TEST(JsonBody, IsUtf8) {
  for (const char* bad :
       {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    const std::string body = std::string(R"({"Description":")") + bad + "\"}";
    EXPECT_EQ(Refusal<v1::CreateKeyRequest>(body), kNotJson) << body;
    // In a member that nobody reads and in a name, too.
    EXPECT_EQ(Refusal<v1::CreateKeyRequest>(std::string(R"({"Unknown":")") + bad + "\"}"),
              kNotJson);
    EXPECT_EQ(Refusal<v1::CreateKeyRequest>(std::string("{\"") + bad + "\":1}"), kNotJson);
  }
}

// A lone half of a surrogate pair is no character: what it became could not be sent back.
TEST(JsonBody, HasSurrogatesInPairsOnly) {
  const auto pair = Decode<v1::CreateKeyRequest>(R"({"Description":"\ud83d\udd11\u00e9\u0000"})");
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->description(), std::string("\xf0\x9f\x94\x91\xc3\xa9\0", 7));
  for (const char* escaped :
       {R"(\ud83d)", R"(\udd11)", R"(\ud83dx)", R"(\ud83d\u0041)", R"(\udd11\ud83d)"}) {
    const std::string body = std::string(R"({"Description":")") + escaped + "\"}";
    EXPECT_EQ(Refusal<v1::CreateKeyRequest>(body), kNotJson) << body;
  }
}

TEST(JsonBody, NestsSixteenLevels) {
  EXPECT_EQ(Refusal<v1::ListKeysRequest>(Nested(limits::kJsonDepthMax - 1)), "");
  EXPECT_EQ(Refusal<v1::ListKeysRequest>(Nested(limits::kJsonDepthMax + 1)), kNotJson);
  EXPECT_EQ(Refusal<v1::ListKeysRequest>(Nested(100'000)), kNotJson);
  EXPECT_EQ(Refusal<v1::ListKeysRequest>(std::string(500'000, '[')), kNotJson);
}

TEST(JsonBody, HasOneMebibyte) {
  const std::string start = R"({"Unknown":")";
  std::string body =
      start + std::string(limits::kRequestBodyBytesMax - start.size() - 2, 'a') + "\"}";
  ASSERT_EQ(body.size(), limits::kRequestBodyBytesMax);
  EXPECT_TRUE(Decode<v1::ListKeysRequest>(body));
  body += ' ';
  const auto decoded = Decode<v1::ListKeysRequest>(body);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::kRequestEntityTooLarge);
}

// The parser of the thread is used again: nothing of a body may be seen by the next.
TEST(JsonBody, LeavesNothingToTheNext) {
  const std::string large = R"({"Description":")" + std::string(200'000, 'x') + "\"}";
  ASSERT_TRUE(Decode<v1::CreateKeyRequest>(large));
  ASSERT_TRUE(Decode<v1::CreateKeyRequest>(R"({"Description":"first and longer"})"));
  EXPECT_EQ(Refusal<v1::CreateKeyRequest>(R"({"Description":)"), kNotJson);
  EXPECT_EQ(Decode<v1::CreateKeyRequest>(R"({"Description":"b"})")->description(), "b");
  EXPECT_FALSE(Decode<v1::CreateKeyRequest>("{}")->has_description());
}

// Where a body is cut it is no body any more.
TEST(JsonBody, IsNotAPieceOfItself) {
  const std::string_view body =
      R"({"KeyId":"k","Plaintext":"aGVsbG8=","EncryptionContext":{"a":"b"},"DryRun":true})";
  ASSERT_TRUE(Decode<v1::EncryptRequest>(body));
  for (std::size_t size = 1; size < body.size(); ++size) {
    EXPECT_EQ(Refusal<v1::EncryptRequest>(body.substr(0, size)), kNotJson) << size;
  }
}

}  // namespace
}  // namespace kmaas::aws_json
