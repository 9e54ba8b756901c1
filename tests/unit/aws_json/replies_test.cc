// HTTP responses in the form of AWS JSON services.
#include "frontends/aws_json/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace kmaas::aws_json {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;

TEST(Replies, SuccessCarriesIdAndType) {
  const http::Response reply = SuccessReply("id-1", "{}");
  EXPECT_TRUE(reply.is_proven) << "its connection makes room after those of strangers";
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "{}");
  EXPECT_THAT(reply.headers, ElementsAre(FieldsAre("x-amzn-RequestId", "id-1"),
                                         FieldsAre("Content-Type", "application/x-amz-json-1.1")));
  EXPECT_EQ(SuccessReply("id-1", "").body, "");
}

TEST(Replies, ErrorNamesItsTypeTwice) {
  const http::Response reply =
      ErrorReply("id-2", {ErrorCode::kNotFound, "Invalid keyId 'a'", "not for the caller"});
  EXPECT_EQ(reply.status, 400U);
  EXPECT_EQ(reply.body, R"({"__type":"NotFoundException","message":"Invalid keyId 'a'"})");
  EXPECT_THAT(reply.headers, ElementsAre(FieldsAre("x-amzn-RequestId", "id-2"),
                                         FieldsAre("x-amzn-ErrorType", "NotFoundException"),
                                         FieldsAre("Content-Type", "application/x-amz-json-1.1")));
}

TEST(Replies, ErrorWithoutMessageHasNone) {
  EXPECT_EQ(ErrorReply("id", {ErrorCode::kInvalidCiphertext, "", "tag mismatch"}).body,
            R"({"__type":"InvalidCiphertextException"})");
}

// Whatever a caller named stays inside its string.
TEST(Replies, ErrorEscapesItsMessage) {
  EXPECT_EQ(ErrorReply("id", {ErrorCode::kValidation, "'\"}\n\x01\xff'"}).body,
            "{\"__type\":\"ValidationException\",\"message\":\"'\\\"}\\n\\u0001\xef\xbf\xbd'\"}");
}

TEST(Replies, ServerFaultsAre500) {
  for (const ErrorCode code :
       {ErrorCode::kKmsInternal, ErrorCode::kDependencyTimeout, ErrorCode::kKeyUnavailable}) {
    EXPECT_EQ(ErrorReply("id", {code, "m"}).status, 500U);
  }
  EXPECT_EQ(ErrorReply("id", {ErrorCode::kThrottling, "m"}).status, 400U);
  EXPECT_EQ(ErrorReply("id", {ErrorCode::kRequestEntityTooLarge, ""}).status, 413U);
}

TEST(Replies, RefusalsOfHttpHaveNames) {
  const std::pair<unsigned, const char*> refusals[] = {{400, "BadRequestException"},
                                                       {404, "UnknownOperationException"},
                                                       {405, "UnknownOperationException"},
                                                       {408, "RequestTimeoutException"},
                                                       {413, "RequestEntityTooLargeException"},
                                                       {417, "BadRequestException"},
                                                       {431, "BadRequestException"},
                                                       {500, "InternalFailure"}};
  for (const auto& [status, name] : refusals) {
    const http::Response reply = RefusalReply("id", status);
    EXPECT_FALSE(reply.is_proven);
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.body, std::string(R"({"__type":")") + name + "\"}");
  }
}

}  // namespace
}  // namespace kmaas::aws_json
