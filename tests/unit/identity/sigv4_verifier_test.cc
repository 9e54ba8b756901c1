// What the SigV4 verifier accepts and refuses, and in which words.
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kInvalidToken = "The security token included in the request is invalid.";

TestRequest SignedAt(const std::string& time) {
  TestRequest request = BotocoreRequest(time);
  SigningInput input;
  input.time = time;
  input.signed_headers = BotocoreSignedHeaders();
  Sign(request, input);
  return request;
}

TestRequest SignedWith(const std::function<void(SigningInput&)>& change) {
  TestRequest request = BotocoreRequest();
  SigningInput input;
  input.signed_headers = BotocoreSignedHeaders();
  change(input);
  Sign(request, input);
  return request;
}

void ExpectError(const Result<domain::Principal>& result, ErrorCode code, std::string_view text) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code);
  EXPECT_NE(result.error().message.find(text), std::string::npos) << result.error().message;
}

TEST(SigV4Verifier, AcceptsWhatBotocoreSends) {
  SigV4Fixture fixture;
  const auto principal = fixture.Verify(SignedBotocoreRequest());
  ASSERT_TRUE(principal) << principal.error().message << principal.error().detail;
  EXPECT_EQ(principal->arn, "arn:aws:iam::111122223333:user/alice");
  EXPECT_EQ(fixture.credentials.asked, std::vector<std::string>{std::string(kTestKeyId)});
}

TEST(SigV4Verifier, AcceptsTheHeaderSetOfTheJavaScriptSdk) {
  SigV4Fixture fixture;
  TestRequest request = BotocoreRequest();
  request.headers.emplace_back("amz-sdk-invocation-id", "0f9f4a1c-4c5a-4dd0-9d7b-0d9d1f5d5b0e");
  request.headers.emplace_back("amz-sdk-request", "attempt=1; max=3");
  request.headers.emplace_back("x-amz-user-agent", "aws-sdk-js/3.1164.0");
  SigningInput input;
  input.signed_headers = {"amz-sdk-invocation-id",
                          "amz-sdk-request",
                          "content-length",
                          "content-type",
                          "host",
                          "x-amz-date",
                          "x-amz-target",
                          "x-amz-user-agent"};
  Sign(request, input);
  EXPECT_TRUE(fixture.Verify(request));
}

TEST(SigV4Verifier, TakesTheHostAsReceivedWithAndWithoutPort) {
  SigV4Fixture fixture;
  for (const char* host :
       {"kms.example.org", "kms.example.org:8443", "KMS.example.org", "[::1]:8"}) {
    TestRequest request = BotocoreRequest();
    *request.Find("Host") = host;
    SigningInput input;
    input.signed_headers = BotocoreSignedHeaders();
    Sign(request, input);
    EXPECT_TRUE(fixture.Verify(request)) << host;
    *request.Find("Host") = "kms.example.com";
    EXPECT_FALSE(fixture.Verify(request)) << host;
  }
}

TEST(SigV4Verifier, CollapsesBlanksAndJoinsRepeatedHeaders) {
  SigV4Fixture fixture;
  TestRequest request = BotocoreRequest();
  request.headers.emplace_back("My-Header", "a b,c");
  SigningInput input;
  input.signed_headers = {"content-type", "host", "my-header", "x-amz-date", "x-amz-target"};
  Sign(request, input);
  request.Remove("My-Header");
  request.headers.emplace_back("My-header", "  a \t  b ");
  request.headers.emplace_back("MY-HEADER", "c");
  EXPECT_TRUE(fixture.Verify(request));
  std::swap(request.headers[request.headers.size() - 1],
            request.headers[request.headers.size() - 2]);
  EXPECT_FALSE(fixture.Verify(request));
}

TEST(SigV4Verifier, SaysThatTheTokenIsMissingWithoutCredentials) {
  SigV4Fixture fixture;
  TestRequest request = BotocoreRequest();
  ExpectError(fixture.Verify(request), ErrorCode::kMissingAuthenticationToken,
              "Missing Authentication Token");
  request.headers.emplace_back("Authorization", " ");
  ExpectError(fixture.Verify(request), ErrorCode::kMissingAuthenticationToken,
              "Missing Authentication Token");
}

TEST(SigV4Verifier, NamesEachMissingPartOfTheAuthorizationHeader) {
  SigV4Fixture fixture;
  const TestRequest good = SignedBotocoreRequest();
  for (const std::string part : {"Credential", "SignedHeaders", "Signature"}) {
    TestRequest request = good;
    std::string& header = *request.Find("Authorization");
    const std::size_t at = header.find(part + "=");
    const std::size_t end = std::min(header.find(',', at), header.size());
    header.erase(at, std::min(end + 2, header.size()) - at);
    if (header.back() == ' ') header.erase(header.size() - 2);
    ExpectError(fixture.Verify(request), ErrorCode::kIncompleteSignature,
                "Authorization header requires '" + part + "' parameter. (Hashed with SHA-256");
  }
}

TEST(SigV4Verifier, NamesEverythingThatAnotherSchemeLacks) {
  SigV4Fixture fixture;
  TestRequest request = BotocoreRequest();
  request.Remove("X-Amz-Date");
  request.headers.emplace_back("Authorization", "Bearer secret-token");
  const auto result = fixture.Verify(request);
  ExpectError(
      result, ErrorCode::kIncompleteSignature,
      "Authorization header requires 'Credential' parameter. Authorization header requires "
      "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  EXPECT_EQ(result.error().message.find("secret-token"), std::string::npos);
}

TEST(SigV4Verifier, RefusesAMalformedAuthorizationHeader) {
  SigV4Fixture fixture;
  const std::string good = *SignedBotocoreRequest().Find("Authorization");
  const std::string key_id(kTestKeyId);
  const std::vector<std::pair<std::string, std::string>> edits = {
      {"AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA1 "},
      {"AWS4-HMAC-SHA256 ", "AWS4-ECDSA-P256-SHA256 "},
      {"AWS4-HMAC-SHA256 ", "aws4-hmac-sha256 "},
      {"AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 , "},
      {"AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=, "},
      {"SignedHeaders=", "SignedHeaders"},
      {"SignedHeaders=", "Signedheaders="},
      {", Signature=", ", Signature=00, Signature="},
      {", SignedHeaders=", ", Credential=a/b/c/d/e, SignedHeaders="},
      {"/aws4_request", ""},
      {"/aws4_request", "/aws4_request/"},
      {key_id + "/", "/"},
      {"eu-west-1/", "/"},
      {"content-type;host", "host;content-type"},
      {"content-type;host", "content-type;host;host"},
      {"content-type;host", "content-type;;host"},
      {"content-type;host", "Content-Type;host"},
      {"x-amz-target,", "x-amz-target;,"}};
  for (const auto& [from, to] : edits) {
    TestRequest request = SignedBotocoreRequest();
    std::string header = good;
    header.replace(header.find(from), from.size(), to);
    *request.Find("Authorization") = header;
    SCOPED_TRACE(header);
    ExpectError(fixture.Verify(request), ErrorCode::kIncompleteSignature, "");
  }
}

TEST(SigV4Verifier, RefusesAnAuthorizationHeaderThatGoesOnWithNothing) {
  SigV4Fixture fixture;
  for (const char* end : {",", ", ", ",,"}) {
    TestRequest request = SignedBotocoreRequest();
    *request.Find("Authorization") += end;
    ExpectError(fixture.Verify(request), ErrorCode::kIncompleteSignature, "missing equal-sign");
  }
}

TEST(SigV4Verifier, RefusesRepeatedHeadersThatItReliesOn) {
  SigV4Fixture fixture;
  for (const std::string name : {"Authorization", "Host", "X-Amz-Date", "X-Amz-Target"}) {
    TestRequest request = SignedBotocoreRequest();
    request.headers.emplace_back(name, *request.Find(name));
    ExpectError(fixture.Verify(request), ErrorCode::kIncompleteSignature, "must not repeat");
  }
}

TEST(SigV4Verifier, RefusesAMalformedDate) {
  SigV4Fixture fixture;
  for (const char* date : {"", "2026-11-24T12:00:00Z", "20261124T120000", "20261324T120000Z",
                           "20261131T120000Z", "20261124T240000Z", "20261124 120000Z",
                           "2026112aT120000Z", "Tue, 24 Nov 2026 12:00:00 GMT"}) {
    TestRequest request = SignedBotocoreRequest();
    *request.Find("X-Amz-Date") = date;
    ExpectError(fixture.Verify(request), ErrorCode::kIncompleteSignature,
                "Date must be in ISO-8601 'basic format'. Got '");
  }
}

TEST(SigV4Verifier, FallsBackToTheDateHeaderWhenItIsSigned) {
  SigV4Fixture fixture;
  TestRequest request = BotocoreRequest();
  request.Remove("X-Amz-Date");
  request.headers.emplace_back("Date", "Tue, 24 Nov 2026 12:00:00 GMT");
  TestRequest unsigned_date = request;
  SigningInput input;
  input.signed_headers = {"content-type", "date", "host", "x-amz-target"};
  Sign(request, input);
  EXPECT_TRUE(fixture.Verify(request));
  input.signed_headers = {"content-type", "host", "x-amz-target"};
  Sign(unsigned_date, input);
  ExpectError(fixture.Verify(unsigned_date), ErrorCode::kInvalidSignature,
              "'Date' must be a 'SignedHeader'");
}

TEST(SigV4Verifier, AllowsFiveMinutesOfSkewAndNotASecondMore) {
  SigV4Fixture fixture;
  EXPECT_TRUE(fixture.Verify(SignedAt("20261124T115500Z")));
  EXPECT_TRUE(fixture.Verify(SignedAt("20261124T120500Z")));
  ExpectError(fixture.Verify(SignedAt("20261124T115459Z")), ErrorCode::kInvalidSignature,
              "Signature expired: 20261124T115459Z is now earlier than 20261124T115500Z "
              "(20261124T120000Z - 5 min.)");
  ExpectError(fixture.Verify(SignedAt("20261124T120501Z")), ErrorCode::kInvalidSignature,
              "Signature not yet current: 20261124T120501Z is still later than 20261124T120500Z "
              "(20261124T120000Z + 5 min.)");
}

TEST(SigV4Verifier, RefusesAnotherScope) {
  SigV4Fixture fixture;
  ExpectError(fixture.Verify(SignedWith([](SigningInput& in) { in.region = "us-east-1"; })),
              ErrorCode::kInvalidSignature, "Credential should be scoped to a valid region.");
  ExpectError(fixture.Verify(SignedWith([](SigningInput& in) { in.service = "sts"; })),
              ErrorCode::kInvalidSignature,
              "Credential should be scoped to correct service: 'kms'.");
  ExpectError(fixture.Verify(SignedWith([](SigningInput& in) { in.terminator = "aws5_request"; })),
              ErrorCode::kInvalidSignature, "valid terminator: 'aws4_request'");
  ExpectError(fixture.Verify(SignedWith([](SigningInput& in) { in.time = "20261123T120000Z"; })),
              ErrorCode::kInvalidSignature, "'20261123' != '20261124', from '20261124T120000Z'.");
  EXPECT_TRUE(fixture.Verify(SignedWith([](SigningInput& in) { in.region = "eu-central-1"; })));
}

TEST(SigV4Verifier, RefusesHeadersLeftOutOfTheSignature) {
  SigV4Fixture fixture;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"host", "'Host' or ':authority' must be a 'SignedHeader'"},
      {"x-amz-date", "'X-Amz-Date' must be a 'SignedHeader'"},
      {"x-amz-target", "'X-Amz-Target' must be a 'SignedHeader'"}};
  for (const auto& [name, text] : cases) {
    const std::string& left_out = name;
    ExpectError(fixture.Verify(
                    SignedWith([&](SigningInput& in) { std::erase(in.signed_headers, left_out); })),
                ErrorCode::kInvalidSignature, text);
  }
  EXPECT_TRUE(fixture.Verify(
      SignedWith([](SigningInput& in) { std::erase(in.signed_headers, "content-type"); })));
}

TEST(SigV4Verifier, RefusesASignedHeaderThatIsNotThere) {
  SigV4Fixture fixture;
  ExpectError(fixture.Verify(SignedWith(
                  [](SigningInput& in) { in.signed_headers.emplace_back("x-amz-unheard-of"); })),
              ErrorCode::kInvalidSignature, "The request signature we calculated does not match");
}

TEST(SigV4Verifier, RefusesAnUnknownKeyInTheWordsOfAnInactiveOne) {
  SigV4Fixture fixture;
  const TestRequest request = SignedBotocoreRequest();
  fixture.credentials.Remove(kTestKeyId);
  ExpectError(fixture.Verify(request), ErrorCode::kUnrecognizedClient, kInvalidToken);
  ExpectError(fixture.Verify(SignedWith([](SigningInput& in) { in.key_id = "AKIAUNKNOWN"; })),
              ErrorCode::kUnrecognizedClient, kInvalidToken);
  ExpectError(fixture.Verify(SignedWith([](SigningInput& in) { in.key_id = "no!key-id"; })),
              ErrorCode::kUnrecognizedClient, kInvalidToken);
}

TEST(SigV4Verifier, RefusesAWrongSecret) {
  SigV4Fixture fixture;
  ExpectError(fixture.Verify(SignedWith([](SigningInput& in) { in.secret += "x"; })),
              ErrorCode::kInvalidSignature, "The request signature we calculated does not match");
}

TEST(SigV4Verifier, NeverUsesTheSecretOfBeforeARotation) {
  SigV4Fixture fixture;
  const TestRequest old_request = SignedBotocoreRequest();
  EXPECT_TRUE(fixture.Verify(old_request));
  fixture.credentials.Put(kTestKeyId, "another-secret");
  EXPECT_FALSE(fixture.Verify(old_request));
  EXPECT_TRUE(fixture.Verify(SignedWith([](SigningInput& in) { in.secret = "another-secret"; })));
  fixture.credentials.Remove(kTestKeyId);
  ExpectError(fixture.Verify(old_request), ErrorCode::kUnrecognizedClient, kInvalidToken);
}

TEST(SigV4Verifier, RefusesASecurityTokenSignedOrNot) {
  SigV4Fixture fixture;
  TestRequest request = SignedBotocoreRequest();
  request.headers.emplace_back("X-Amz-Security-Token", "AQoDYXdzEPT");
  ExpectError(fixture.Verify(request), ErrorCode::kUnrecognizedClient, kInvalidToken);
  request = BotocoreRequest();
  request.headers.emplace_back("X-Amz-Security-Token", "AQoDYXdzEPT");
  SigningInput input;
  input.signed_headers = {"host", "x-amz-date", "x-amz-security-token", "x-amz-target"};
  Sign(request, input);
  ExpectError(fixture.Verify(request), ErrorCode::kUnrecognizedClient, kInvalidToken);
}

TEST(SigV4Verifier, ComparesTheStatedHashWithTheBody) {
  SigV4Fixture fixture;
  for (const char* stated : {"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "",
                             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}) {
    TestRequest request = BotocoreRequest();
    request.headers.emplace_back("X-Amz-Content-Sha256", stated);
    SigningInput input;
    input.signed_headers = {"host", "x-amz-content-sha256", "x-amz-date", "x-amz-target"};
    Sign(request, input);
    ExpectError(fixture.Verify(request), ErrorCode::kInvalidSignature, "does not match");
    request.body.clear();  // the hash of nothing, for the last of them
    EXPECT_FALSE(fixture.Verify(request));
  }
}

TEST(SigV4Verifier, PassesOnThatTheCredentialsCannotBeRead) {
  SigV4Fixture fixture;
  fixture.credentials.fails = true;
  const auto result = fixture.Verify(SignedBotocoreRequest());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kKmsInternal);
}

TEST(ClaimedAccessKeyId, IsReadFromBothFormsWithoutTrust) {
  TestRequest request = SignedBotocoreRequest();
  EXPECT_EQ(ClaimedAccessKeyId(request.View()), kTestKeyId);
  *request.Find("Authorization") = "AWS4-HMAC-SHA256 Signature=0,Credential=AKIAX";
  EXPECT_EQ(ClaimedAccessKeyId(request.View()), "AKIAX");
  for (const std::string& hostile : {std::string(), std::string("a b"), std::string("\n"),
                                     std::string(129, 'A'), std::string("é")}) {
    *request.Find("Authorization") = "AWS4-HMAC-SHA256 Credential=" + hostile + "/x";
    EXPECT_EQ(ClaimedAccessKeyId(request.View()), "");
  }
  request.Remove("Authorization");
  EXPECT_EQ(ClaimedAccessKeyId(request.View()), "");
  request.target = "/?X-Amz-Credential=AKIAY%2F20261124";
  EXPECT_EQ(ClaimedAccessKeyId(request.View()), "AKIAY");
}

TEST(ClaimedRegion, IsReadFromBothFormsWithoutTrust) {
  TestRequest request = SignedBotocoreRequest();
  EXPECT_EQ(ClaimedRegion(request.View()), "eu-west-1");
  *request.Find("Authorization") = "AWS4-HMAC-SHA256 Credential=AKIAX/20261124/mars/x/y/z";
  EXPECT_EQ(ClaimedRegion(request.View()), "mars");
  for (const char* hostile : {"", "AKIAX", "AKIAX/20261124", "AKIAX//", "//"}) {
    *request.Find("Authorization") = std::string("AWS4-HMAC-SHA256 Credential=") + hostile;
    EXPECT_EQ(ClaimedRegion(request.View()), "") << hostile;
  }
  request.Remove("Authorization");
  EXPECT_EQ(ClaimedRegion(request.View()), "");
  request.target = "/?X-Amz-Credential=AKIAY%2F20261124%2Feu-west-3%2Fkms%2Faws4_request";
  EXPECT_EQ(ClaimedRegion(request.View()), "eu-west-3");
}

}  // namespace
}  // namespace kmaas::identity
