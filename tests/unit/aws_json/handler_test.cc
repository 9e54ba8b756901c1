// The HTTPS front end as a function: from requests to responses and audit records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "tests/unit/aws_json/codec.h"
#include "tests/unit/aws_json/front_door.h"

namespace kmaas::aws_json {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kUuid[] = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

http::Request Plain(const std::string& method, const std::string& target) {
  http::Request request;
  request.method = method;
  request.target = target;
  return request;
}

TEST(Probe, HealthNeedsNoSignature) {
  FrontDoor door;
  for (const char* method : {"GET", "HEAD"}) {
    const Answer answer = door.Send(Plain(method, "/healthz"));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "{\"status\":\"ok\"}\n");
    EXPECT_EQ(answer.headers.at("Content-Type"), "application/json");
    EXPECT_EQ(answer.headers.at("Cache-Control"), "no-store");
  }
  EXPECT_EQ(door.Send(Plain("GET", "/healthz?verbose=1")).status, 200U);
  EXPECT_THAT(door.core.audit.records(), IsEmpty());
}

TEST(Probe, ReadinessSaysWhatIsMissing) {
  FrontDoor door;
  EXPECT_EQ(door.Send(Plain("GET", "/readyz")).body, "{\"status\":\"ok\"}\n");
  door.unready = "the \"HSM\" does not answer";
  const Answer answer = door.Send(Plain("HEAD", "/readyz"));
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.body,
            "{\"status\":\"unavailable\",\"reason\":\"the \\\"HSM\\\" does not answer\"}\n");
  EXPECT_EQ(door.Send(Plain("GET", "/healthz")).status, 200U);
}

TEST(Path, IsOneOfThree) {
  FrontDoor door;
  for (const char* target : {"", "*", "//", "/x", "/healthz/", "/Healthz", "/%68ealthz", "?a=b",
                             "http://kms/", "/../healthz"}) {
    for (const char* method : {"GET", "POST", "OPTIONS"}) {
      const Answer answer = door.Send(Plain(method, target));
      EXPECT_EQ(answer.status, 404U) << target;
      EXPECT_EQ(answer.body, R"({"__type":"UnknownOperationException"})");
      EXPECT_THAT(answer.headers.at("x-amzn-RequestId"), testing::MatchesRegex(kUuid));
    }
  }
  EXPECT_THAT(door.core.audit.records(), IsEmpty());
}

TEST(Method, IsTheOneOfThePath) {
  FrontDoor door;
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "post", "", "TRACE"}) {
    const Answer answer = door.Send(Plain(method, "/"));
    EXPECT_EQ(answer.status, 405U) << method;
    EXPECT_EQ(answer.headers.at("Allow"), "POST");
  }
  for (const char* method : {"POST", "PUT", "get"}) {
    const Answer answer = door.Send(Plain(method, "/readyz"));
    EXPECT_EQ(answer.status, 405U) << method;
    EXPECT_EQ(answer.headers.at("Allow"), "GET, HEAD");
  }
}

TEST(Call, AnswersWithJson) {
  FrontDoor door;
  const Answer answer = door.Call("GenerateRandom", R"({"NumberOfBytes":32})");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(Decode<v1::GenerateRandomResponse>(answer.body)->plaintext().size(), 32U);
  EXPECT_EQ(answer.headers.at("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_THAT(answer.headers.at("x-amzn-RequestId"), testing::MatchesRegex(kUuid));
  EXPECT_EQ(answer.headers.count("x-amzn-ErrorType"), 0U);
}

TEST(Call, LeavesItsRecord) {
  FrontDoor door;
  const Answer answer = door.Call("GenerateRandom", R"({"NumberOfBytes":32})");
  ASSERT_THAT(door.core.audit.records(), SizeIs(1));
  const ports::AuditRecord record = door.core.audit.records()[0];
  EXPECT_EQ(record.event_name, "GenerateRandom");
  EXPECT_EQ(record.request_id, answer.headers.at("x-amzn-RequestId"));
  EXPECT_EQ(record.source_address, "192.0.2.7");
  EXPECT_EQ(record.user_agent, "aws-cli/2.9.19");
  EXPECT_EQ(record.tls_version, "TLSv1.3");
  EXPECT_EQ(record.tls_cipher, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(record.principal->arn, api::Administrator().arn);
}

TEST(Call, HasAnEmptyBodyWithoutOutput) {
  FrontDoor door;
  const std::string key = door.core.MakeKey();
  const Answer answer = door.Call("DisableKey", R"({"KeyId":")" + key + "\"}");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.headers.at("Content-Type"), "application/x-amz-json-1.1");
}

TEST(Call, TakesAnEmptyBody) {
  FrontDoor door;
  EXPECT_EQ(door.Call("ListKeys", "").body, R"({"Keys":[],"Truncated":false})");
}

TEST(Call, CarriesAPlaintextThereAndBack) {
  FrontDoor door;
  const std::string key = door.core.MakeKey();
  const Answer sealed =
      door.Call("Encrypt", R"({"KeyId":")" + key +
                               R"(","Plaintext":"aGVsbG8=","EncryptionContext":{"a":"b"}})");
  ASSERT_EQ(sealed.status, 200U) << sealed.body;
  const std::string blob =
      Base64Encode(AsBytes(Decode<v1::EncryptResponse>(sealed.body)->ciphertext_blob()));
  const Answer opened =
      door.Call("Decrypt", R"({"CiphertextBlob":")" + blob + R"(","EncryptionContext":{"a":"b"}})");
  EXPECT_EQ(Decode<v1::DecryptResponse>(opened.body)->plaintext(), "hello");
  const Answer refused = door.Call("Decrypt", R"({"CiphertextBlob":")" + blob + "\"}");
  EXPECT_EQ(refused.body, R"({"__type":"InvalidCiphertextException"})");
  EXPECT_EQ(refused.headers.at("x-amzn-ErrorType"), "InvalidCiphertextException");
}

void ExpectError(const Answer& answer, const std::string& name) {
  EXPECT_EQ(answer.status, 400U);
  EXPECT_THAT(answer.body, testing::StartsWith(R"({"__type":")" + name + "\""));
  EXPECT_THAT(answer.headers, testing::Contains(testing::Pair("x-amzn-ErrorType", name)));
}

TEST(Target, NamesAnOperationToTheLetter) {
  FrontDoor door;
  for (const char* target :
       {"TrentService.Nothing", "TrentService.", "TrentService", "ListKeys",
        "trentservice.ListKeys", "TrentService.listkeys", "Trent.ListKeys",
        "TrentService.ListKeys.", "TrentService.ListKeys,TrentService.Encrypt"}) {
    const Answer answer = door.Send(door.Signed(target, "{}"));
    ExpectError(answer, "UnknownOperationException");
    EXPECT_EQ(door.core.audit.records().back().event_name, target);
    EXPECT_EQ(door.core.audit.records().back().error_code, "UnknownOperationException");
  }
}

TEST(Target, IsRequired) {
  FrontDoor door;
  http::Request request = door.Signed("TrentService.ListKeys", "{}");
  std::erase_if(request.headers, [](const auto& header) { return header.name == "X-Amz-Target"; });
  door.Sign(request);
  ExpectError(door.Send(request), "UnknownOperationException");
  for (http::Header& header : request.headers) {
    if (header.name == "User-Agent") header = {"X-Amz-Target", ""};
  }
  door.Sign(request);
  EXPECT_EQ(door.Send(request).status, 400U);
}

// Whether an operation exists is told to those who may call.
TEST(Target, IsNotToldToStrangers) {
  FrontDoor door;
  for (const char* target : {"TrentService.ListKeys", "TrentService.Nothing"}) {
    http::Request request = door.Signed(target, "{}");
    request.headers.pop_back();
    ExpectError(door.Send(request), "MissingAuthenticationTokenException");
    EXPECT_FALSE(door.core.audit.records().back().principal.has_value());
  }
}

// A stranger pays for each record with a handshake.
TEST(Target, EndsTheConnectionOfStrangersOnly) {
  FrontDoor door;
  http::Request request = door.Signed("TrentService.ListKeys", "{}");
  EXPECT_FALSE(door.Send(request).close);
  request.headers.pop_back();
  EXPECT_TRUE(door.Send(request).close);
}

// Neither of two targets is the one that was meant.
TEST(Target, IsGivenOnce) {
  FrontDoor door;
  for (const char* second : {"TrentService.ListKeys", "TrentService.DescribeKey", ""}) {
    http::Request request = door.Signed("TrentService.ListKeys", "{}");
    request.headers.push_back({"x-amz-target", second});
    EXPECT_EQ(door.Send(request).status, 400U) << second;
    door.Sign(request);
    const Answer answer = door.Send(request);
    EXPECT_EQ(answer.status, 400U) << second;
    EXPECT_THAT(answer.body, Not(HasSubstr("Keys\":["))) << second;
    EXPECT_EQ(door.core.audit.records().back().event_name, "ListKeys") << second;
  }
}

TEST(ContentType, IsThatOfTheProtocol) {
  FrontDoor door;
  const std::pair<const char*, bool> types[] = {{"application/x-amz-json-1.1", true},
                                                {"Application/X-AMZ-JSON-1.1", true},
                                                {"application/x-amz-json-1.1; charset=utf-8", true},
                                                {"application/x-amz-json-1.1 ;x", true},
                                                {"application/x-amz-json-1.0", false},
                                                {"application/json", false},
                                                {"application/x-amz-json-1.1,text/plain", false},
                                                {"application/cbor", false},
                                                {"text/plain", false}};
  for (const auto& [type, is_taken] : types) {
    http::Request request = door.Signed("TrentService.ListKeys", "{}");
    request.headers[2].value = type;
    door.Sign(request);
    const Answer answer = door.Send(request);
    EXPECT_EQ(answer.status, is_taken ? 200U : 400U) << type;
    if (!is_taken) ExpectError(answer, "UnknownOperationException");
  }
}

TEST(ContentType, MayBeMissingButNotDouble) {
  FrontDoor door;
  http::Request request = door.Signed("TrentService.ListKeys", "{}");
  request.headers.erase(request.headers.begin() + 2);
  door.Sign(request);
  EXPECT_EQ(door.Send(request).status, 200U);
  request = door.Signed("TrentService.ListKeys", "{}");
  request.headers.push_back({"content-type", "application/x-amz-json-1.1"});
  EXPECT_EQ(door.Send(request).status, 400U);
  door.Sign(request);
  EXPECT_EQ(door.Send(request).status, 400U);
  door.Sign(request, "content-type");
  ExpectError(door.Send(request), "UnknownOperationException");
}

TEST(Call, RefusesABodyThatIsNotTheSignedOne) {
  FrontDoor door;
  http::Request request = door.Signed("TrentService.GenerateRandom", R"({"NumberOfBytes":32})");
  request.body = R"({"NumberOfBytes":33})";
  ExpectError(door.Send(request), "InvalidSignatureException");
}

TEST(Call, NamesWhatTheBodyLacks) {
  FrontDoor door;
  EXPECT_EQ(
      door.Call("DescribeKey", "{").body,
      R"({"__type":"SerializationException","message":"The request body is not valid JSON."})");
  EXPECT_EQ(door.Call("DescribeKey", "{}").body,
            R"({"__type":"ValidationException","message":"1 validation error detected: )"
            R"(Value null at 'keyId' failed to satisfy constraint: Member must not be null"})");
  EXPECT_THAT(door.core.audit.records(), SizeIs(2));
}

TEST(Call, BelievesNoHeaderOfAProxy) {
  FrontDoor door;
  http::Request request = door.Signed("TrentService.ListKeys", "{}");
  request.headers.push_back({"X-Forwarded-For", "203.0.113.9"});
  request.headers.push_back({"Forwarded", "for=203.0.113.9"});
  EXPECT_EQ(door.Send(request).status, 200U);
  EXPECT_EQ(door.core.audit.records().back().source_address, "192.0.2.7");
}

TEST(Call, CutsALongUserAgent) {
  FrontDoor door;
  http::Request request = door.Signed("TrentService.ListKeys", "{}");
  request.headers[4].value = std::string(5000, 'u');
  EXPECT_EQ(door.Send(request).status, 200U);
  EXPECT_EQ(door.core.audit.records().back().user_agent, std::string(1024, 'u'));
}

TEST(Call, IsNotAnsweredWithoutItsRecord) {
  FrontDoor door;
  door.core.audit.FailAll(true);
  const Answer answer = door.Call("GenerateRandom", R"({"NumberOfBytes":32})");
  EXPECT_EQ(answer.status, 500U);
  EXPECT_THAT(answer.body, Not(HasSubstr("Plaintext")));
  EXPECT_EQ(answer.headers.at("x-amzn-ErrorType"), "KMSInternalException");
}

TEST(Handler, WantsASignerForEachOperation) {
  api::Environment core;
  const auto ready = [](std::string&) { return true; };
  EXPECT_FALSE(AwsJsonHandler::Create(core.pipeline, {}, ready));
  const auto other = AwsJsonHandler::Create(core.pipeline, {{"s3", nullptr}}, ready);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().detail, HasSubstr("has nobody to check signatures"));
}

}  // namespace
}  // namespace kmaas::aws_json
