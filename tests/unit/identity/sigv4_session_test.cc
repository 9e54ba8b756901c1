// Signatures with temporary credentials: an access key id and a token, in one place.
#include <gtest/gtest.h>

#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kSessionId = "ASIAIOSFODNN7EXAMPLE";
constexpr std::string_view kSessionSecret = "session/secret/session/secret/session/se";
constexpr std::string_view kToken = "AQoDYXdzEPT";

class SigV4Session : public testing::Test {
 protected:
  SigV4Session() {
    fixture.credentials.PutSession(kSessionId, kToken, kSessionSecret);
    input.key_id = kSessionId;
    input.secret = kSessionSecret;
  }
  TestRequest WithToken(std::string_view token, bool signed_too) {
    TestRequest request = BotocoreRequest();
    request.headers.emplace_back("X-Amz-Security-Token", token);
    input.signed_headers = BotocoreSignedHeaders();
    if (signed_too)
      input.signed_headers = {"host", "x-amz-date", "x-amz-security-token", "x-amz-target"};
    Sign(request, input);
    return request;
  }
  TestRequest PresignedWith(const std::string& query) {
    TestRequest request;
    request.method = "GET";
    request.headers = {{"Host", "kms.example"}};
    input.more_query = query;
    input.signed_headers = {"host"};
    Presign(request, input, "60");
    return request;
  }
  ErrorCode CodeOf(TestRequest request) {
    const auto verified = fixture.Verify(std::move(request));
    EXPECT_FALSE(verified);
    return verified ? ErrorCode::kKmsInternal : verified.error().code;
  }

  SigV4Fixture fixture;
  SigningInput input;
};

TEST_F(SigV4Session, TakesTheTokenFromASignedOrUnsignedHeader) {
  for (const bool signed_too : {true, false}) {
    const auto verified = fixture.Verify(WithToken(kToken, signed_too));
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->access_key_id, kSessionId);
  }
}

TEST_F(SigV4Session, TakesTheTokenFromAPresignedQuery) {
  EXPECT_TRUE(fixture.Verify(PresignedWith("&X-Amz-Security-Token=" + std::string(kToken))));
}

TEST_F(SigV4Session, RefusesASessionWithoutItsToken) {
  TestRequest request = BotocoreRequest();
  input.signed_headers = BotocoreSignedHeaders();
  Sign(request, input);
  EXPECT_EQ(CodeOf(request), ErrorCode::kUnrecognizedClient);
  EXPECT_EQ(CodeOf(PresignedWith("")), ErrorCode::kUnrecognizedClient);
}

TEST_F(SigV4Session, RefusesAnotherToken) {
  for (const std::string_view token : {"AQoDYXdzEPU", "AQoDYXdzEP", "", "AQoDYXdzEPTT"})
    EXPECT_EQ(CodeOf(WithToken(token, true)), ErrorCode::kUnrecognizedClient) << token;
}

TEST_F(SigV4Session, RefusesALongTermKeyWithTheToken) {
  input.key_id = kTestKeyId;
  input.secret = kTestSecret;
  EXPECT_EQ(CodeOf(WithToken(kToken, true)), ErrorCode::kUnrecognizedClient);
  EXPECT_EQ(CodeOf(WithToken("", false)), ErrorCode::kUnrecognizedClient);
}

TEST_F(SigV4Session, RefusesAnotherSecret) {
  input.secret = kTestSecret;
  EXPECT_EQ(CodeOf(WithToken(kToken, true)), ErrorCode::kInvalidSignature);
}

TEST_F(SigV4Session, RefusesTwoTokensEvenOfOneText) {
  TestRequest twice = WithToken(kToken, false);
  twice.headers.emplace_back("x-amz-security-token", kToken);
  EXPECT_EQ(CodeOf(twice), ErrorCode::kIncompleteSignature);
  const std::string parameter = "X-Amz-Security-Token=" + std::string(kToken);
  TestRequest both = PresignedWith("&" + parameter);
  both.headers.emplace_back("X-Amz-Security-Token", kToken);
  EXPECT_EQ(CodeOf(both), ErrorCode::kIncompleteSignature);
  EXPECT_EQ(CodeOf(PresignedWith("&" + parameter + "&" + parameter)),
            ErrorCode::kIncompleteSignature);
}

TEST_F(SigV4Session, RefusesATokenInTheQueryBesideASignedHeader) {
  for (const bool header_too : {true, false}) {
    TestRequest request = BotocoreRequest();
    request.target = "/?X-Amz-Security-Token=" + std::string(kToken);
    if (header_too) request.headers.emplace_back("X-Amz-Security-Token", kToken);
    input.signed_headers = BotocoreSignedHeaders();
    Sign(request, input);
    EXPECT_EQ(CodeOf(request), ErrorCode::kIncompleteSignature);
  }
}

TEST_F(SigV4Session, SaysThatASessionIsExpired) {
  fixture.credentials.session_error = {ErrorCode::kExpiredToken, "late"};
  EXPECT_EQ(CodeOf(WithToken(kToken, true)), ErrorCode::kExpiredToken);
}

}  // namespace
}  // namespace kmaas::identity
