// The query form of SigV4.
#include <gtest/gtest.h>

#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::identity {
namespace {

TestRequest Presigned(std::string_view expires = "900", std::string time = std::string(kTestNow)) {
  TestRequest request;
  request.method = "GET";
  request.headers = {{"Host", "kms.example.org"}};
  SigningInput input;
  input.time = std::move(time);
  input.signed_headers = {"host"};
  Presign(request, input, expires);
  return request;
}

void ExpectRefused(SigV4Fixture& fixture, const TestRequest& request, ErrorCode code) {
  SCOPED_TRACE(request.target);
  const auto result = fixture.Verify(request);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code) << result.error().message;
}

TEST(SigV4Presigned, IsAcceptedUntilItExpires) {
  SigV4Fixture fixture;
  const TestRequest request = Presigned("900");
  EXPECT_TRUE(fixture.Verify(request));
  fixture.clock.Advance(std::chrono::seconds(900));
  EXPECT_TRUE(fixture.Verify(request));
  fixture.clock.Advance(std::chrono::seconds(1));
  const auto late = fixture.Verify(request);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().message,
            "Signature expired: 20261124T121500Z is now earlier than 20261124T121501Z");
}

TEST(SigV4Presigned, IsRefusedWhenItComesFromTheFuture) {
  SigV4Fixture fixture;
  EXPECT_TRUE(fixture.Verify(Presigned("60", "20261124T120500Z")));
  ExpectRefused(fixture, Presigned("60", "20261124T120501Z"), ErrorCode::kInvalidSignature);
}

TEST(SigV4Presigned, BoundsItsLifetime) {
  SigV4Fixture fixture;
  EXPECT_TRUE(fixture.Verify(Presigned("1")));
  EXPECT_TRUE(fixture.Verify(Presigned("604800")));
  for (const char* expires : {"0", "604801", "-1", "+5", "1e3", "99999999999", "%20"}) {
    ExpectRefused(fixture, Presigned(expires), ErrorCode::kIncompleteSignature);
  }
}

TEST(SigV4Presigned, NeedsEachParameterOnce) {
  SigV4Fixture fixture;
  const std::string good = Presigned().target;
  for (const std::string name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date",
                                 "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"}) {
    TestRequest request = Presigned();
    const std::size_t at = good.find(name);
    const std::size_t end = std::min(good.find('&', at), good.size());
    request.target = good + "&" + good.substr(at, end - at);
    ExpectRefused(fixture, request, ErrorCode::kIncompleteSignature);
    request.target = good.substr(0, at) + good.substr(std::min(end + 1, good.size()));
    ExpectRefused(fixture, request, ErrorCode::kIncompleteSignature);
    request.target = good.substr(0, at) + name + "=" + good.substr(end);
    ExpectRefused(fixture, request, ErrorCode::kIncompleteSignature);
  }
}

TEST(SigV4Presigned, IsRefusedBesideAnAuthorizationHeader) {
  SigV4Fixture fixture;
  TestRequest request = SignedBotocoreRequest();
  request.target = Presigned().target;
  ExpectRefused(fixture, request, ErrorCode::kIncompleteSignature);
}

TEST(SigV4Presigned, RefusesATokenWhereverItStands) {
  SigV4Fixture fixture;
  TestRequest request = Presigned();
  request.headers.emplace_back("X-Amz-Security-Token", "token");
  ExpectRefused(fixture, request, ErrorCode::kUnrecognizedClient);
  request = Presigned();
  request.target += "&X-Amz-Security-Token=token";
  ExpectRefused(fixture, request, ErrorCode::kUnrecognizedClient);
}

TEST(SigV4Presigned, StillHashesTheRealBody) {
  SigV4Fixture fixture;
  TestRequest request = Presigned();
  request.body = "{}";
  ExpectRefused(fixture, request, ErrorCode::kInvalidSignature);
  request = Presigned();
  request.target += "&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD";
  ExpectRefused(fixture, request, ErrorCode::kInvalidSignature);
}

TEST(SigV4Presigned, NeedsTheTargetHeaderSigned) {
  SigV4Fixture fixture;
  TestRequest request = Presigned();
  request.headers.emplace_back("X-Amz-Target", "TrentService.Decrypt");
  ExpectRefused(fixture, request, ErrorCode::kInvalidSignature);
}

TEST(SigV4Presigned, RefusesEveryChangedCharacterOfItsQuery) {
  SigV4Fixture fixture;
  const TestRequest good = Presigned();
  ASSERT_TRUE(fixture.Verify(good));
  for (std::size_t i = 0; i < good.target.size(); ++i) {
    for (const char c : {'0', 'a', 'Z', '%', '&', '=', '/'}) {
      if (good.target[i] == c) continue;
      TestRequest request = good;
      request.target[i] = c;
      EXPECT_FALSE(fixture.Verify(request)) << request.target;
    }
  }
}

}  // namespace
}  // namespace kmaas::identity
