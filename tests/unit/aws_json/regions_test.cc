// The handler of a server with several Regions: the scope of the signature says which one a call is
// for, and the signature must hold there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/two_regions.h"
#include "tests/unit/aws_json/front_door.h"

namespace kmaas::aws_json {
namespace {

using api::kOtherRegion;
using api::kRegion;
using testing::HasSubstr;

class Regions : public testing::Test {
 protected:
  Regions() {
    auto handler = AwsJsonHandler::Create(
        regions_.pipelines(),
        {{"kms", &here_, std::string(kRegion)}, {"kms", &there_, std::string(kOtherRegion)}},
        [](std::string&) { return true; });
    if (!handler) throw std::runtime_error(handler.error().detail);
    handler_ = *std::move(handler);
  }
  static http::Request Signed(const std::string& region, const std::string& operation,
                              const std::string& body) {
    identity::TestRequest plain;
    plain.body = body;
    plain.headers = {{"Host", "kms.example.org:8443"},
                     {"X-Amz-Target", "TrentService." + operation},
                     {"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Date", std::string(identity::kTestNow)}};
    identity::SigningInput input;
    input.region = region;
    input.signed_headers = identity::BotocoreSignedHeaders();
    identity::Sign(plain, input);
    http::Request request;
    request.method = "POST";
    request.target = "/";
    request.body = body;
    for (const auto& [name, value] : plain.headers) request.headers.push_back({name, value});
    return request;
  }
  std::string Send(http::Request request) { return handler_->Handle(request).body; }
  std::string Call(const std::string& region, const std::string& operation,
                   const std::string& body) {
    return Send(Signed(region, operation, body));
  }
  ports::AuditRecord LastRecord() { return regions_.world.audit.records().back(); }

  api::TwoRegions regions_;
  OneKey credentials_;
  identity::SigV4Verifier here_{credentials_, regions_.world.clock, {"kms", {kRegion}, true, true}};
  identity::SigV4Verifier there_{
      credentials_, regions_.world.clock, {"kms", {kOtherRegion}, true, true}};
  std::unique_ptr<AwsJsonHandler> handler_;
};

TEST_F(Regions, ServeTheCallsThatAreSignedForThem) {
  for (const char* region : {kRegion, kOtherRegion}) {
    EXPECT_THAT(Call(region, "CreateKey", "{}"),
                HasSubstr("arn:aws:kms:" + std::string(region) + ":"));
    EXPECT_EQ(LastRecord().region, region);
  }
}

TEST_F(Regions, HaveKeysOfTheirOwn) {
  const std::string arn = regions_.world.MakeKey();
  const std::string named = R"({"KeyId":")" + arn + "\"}";
  EXPECT_THAT(Call(kRegion, "DescribeKey", named), HasSubstr(arn));
  EXPECT_THAT(Call(kOtherRegion, "DescribeKey", named), HasSubstr("Invalid arn eu-central-1"));
  const std::string id = arn.substr(arn.size() - 36);
  EXPECT_THAT(Call(kOtherRegion, "DescribeKey", R"({"KeyId":")" + id + "\"}"),
              HasSubstr("Key 'arn:aws:kms:eu-west-1:111122223333:key/" + id + "' does not exist"));
}

TEST_F(Regions, RefuseTheScopeOfAnother) {
  for (const char* region : {"us-east-1", "EU-WEST-1", "eu-west-1x", " "}) {
    EXPECT_THAT(Call(region, "ListKeys", "{}"),
                HasSubstr("Credential should be scoped to a valid region."));
    EXPECT_FALSE(LastRecord().principal);
  }
}

TEST_F(Regions, RefuseASignatureThatWasMadeForAnother) {
  http::Request request = Signed(kRegion, "ListKeys", "{}");
  for (http::Header& header : request.headers) {
    if (header.name != "Authorization") continue;
    const std::size_t at = header.value.find(kRegion);
    header.value.replace(at, std::string(kRegion).size(), kOtherRegion);
  }
  EXPECT_THAT(Send(std::move(request)), HasSubstr("signature we calculated does not match"));
  EXPECT_EQ(LastRecord().region, kOtherRegion);
}

TEST_F(Regions, RefuseTwoClaims) {
  for (const auto& [first, second] : {std::pair(kRegion, kOtherRegion), {kOtherRegion, kRegion}}) {
    http::Request request = Signed(first, "ListKeys", "{}");
    request.headers.push_back(Signed(second, "ListKeys", "{}").headers.back());
    Send(std::move(request));
    EXPECT_EQ(LastRecord().error_code, "IncompleteSignatureException");
  }
}

TEST_F(Regions, TakeWhatClaimsNoneInTheFirst) {
  http::Request request = Signed(kOtherRegion, "ListKeys", "{}");
  request.headers.pop_back();
  EXPECT_THAT(Send(std::move(request)), HasSubstr("MissingAuthenticationToken"));
  EXPECT_EQ(LastRecord().region, kRegion);
}

}  // namespace
}  // namespace kmaas::aws_json
