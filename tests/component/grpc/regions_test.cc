// Which Region a gRPC call is for: the scope of its signature, or what its metadata names.
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/component/grpc/fixture.h"
#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::grpc_front {
namespace {

using ::grpc::StatusCode;
using Metadata = std::vector<std::pair<std::string, std::string>>;

constexpr char kThere[] = "eu-west-1";
constexpr char kListKeys[] = "/kmaas.kms.v1.KeyManagementService/ListKeys";
constexpr char kListUsers[] = "/kmaas.iam.v1.IdentityAndAccessManagement/ListUsers";

class GrpcRegions : public GrpcTest {
 protected:
  GrpcRegions() {
    core.services.regions = {api::kRegion, kThere};
    there_services_ = std::make_unique<kmaas::core::Services>(core.services);
    there_services_->region = kThere;
    there_ =
        std::make_unique<kmaas::core::Pipeline>(core.registry, *there_services_, there_authoriser_);
    pipelines = [this] { return kmaas::core::Pipelines(core.pipeline, {there_.get()}); };
    credentials.AddKey(std::string(identity::kTestKeyId), "a secret", "", api::Administrator());
    proofs = [this] {
      return CallerProofs{*certificates,
                          {{"kms", &verifier_here_, api::kRegion},
                           {"kms", &verifier_there_, kThere},
                           {"iam", &verifier_iam_}}};
    };
  }
  Metadata Signed(const std::string& region, const std::string& service = "kms",
                  const std::string& path = kListKeys) {
    identity::TestRequest request;
    request.target = path;
    request.headers = {{"host", "127.0.0.1:" + std::to_string(server->port())},
                       {"x-amz-date", std::string(identity::kTestNow)}};
    identity::SigningInput input;
    input.secret = "a secret";
    input.region = region;
    input.service = service;
    input.signed_headers = {"host", "x-amz-date"};
    identity::Sign(request, input);
    return {{"x-amz-date", std::string(identity::kTestNow)},
            {"authorization", *request.Find("Authorization")}};
  }
  Reply Send(const Metadata& metadata, bool certificate, const std::string& path = kListKeys) {
    Client client = certificate ? ConnectAsAdministrator() : ConnectAnonymously();
    return client.Call(path, "", [&](::grpc::ClientContext& context) {
      for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
    });
  }
  StatusCode CodeOf(const Metadata& metadata, bool certificate) {
    return Send(metadata, certificate).status.error_code();
  }
  std::string LastRegion() { return core.audit.records().back().region; }

  std::unique_ptr<kmaas::core::Services> there_services_;
  kmaas::core::PolicyAuthoriser there_authoriser_{core.catalog, core.identities, core.clock,
                                                  kThere};
  std::unique_ptr<kmaas::core::Pipeline> there_;
  identity::SigV4Verifier verifier_here_{
      credentials, core.clock, {"kms", {api::kRegion}, true, true}};
  identity::SigV4Verifier verifier_there_{credentials, core.clock, {"kms", {kThere}, true, true}};
  identity::SigV4Verifier verifier_iam_{
      credentials, core.clock, {"iam", {api::kRegion, kThere, "us-east-1"}, true, true}};
};

TEST_F(GrpcRegions, AreNamedByTheHolderOfACertificate) {
  Start();
  EXPECT_EQ(CodeOf({}, true), StatusCode::OK);
  EXPECT_EQ(LastRegion(), api::kRegion);
  for (const char* region : {api::kRegion, kThere}) {
    EXPECT_EQ(CodeOf({{"x-kmaas-region", region}}, true), StatusCode::OK);
    EXPECT_EQ(LastRegion(), region);
  }
}

TEST_F(GrpcRegions, AreThoseOfTheSignature) {
  Start();
  for (const char* region : {api::kRegion, kThere}) {
    EXPECT_EQ(CodeOf(Signed(region), false), StatusCode::OK);
    EXPECT_EQ(LastRegion(), region);
    EXPECT_EQ(CodeOf(Signed(region), true), StatusCode::OK);
    EXPECT_EQ(LastRegion(), region);
  }
  EXPECT_EQ(CodeOf(Signed("mars-north-1"), false), StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcRegions, AreRefusedWhenTheyAreNotServedOrNotThoseOfTheSignature) {
  Start();
  EXPECT_EQ(CodeOf({{"x-kmaas-region", "mars-north-1"}}, true), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf({{"x-kmaas-region", ""}}, true), StatusCode::INVALID_ARGUMENT);
  Metadata both = Signed(kThere);
  both.emplace_back("x-kmaas-region", kThere);
  EXPECT_EQ(CodeOf(both, false), StatusCode::OK);
  both.back().second = api::kRegion;
  EXPECT_EQ(CodeOf(both, false), StatusCode::INVALID_ARGUMENT);
}

TEST_F(GrpcRegions, AreNamedOnce) {
  Start();
  const Metadata twice = {{"x-kmaas-region", kThere}, {"x-kmaas-region", kThere}};
  EXPECT_EQ(CodeOf(twice, true), StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcRegions, ToldToStrangersMakeThemNoCallers) {
  Start();
  EXPECT_EQ(CodeOf({{"x-kmaas-region", kThere}}, false), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CodeOf({{"x-kmaas-region", "mars-north-1"}}, false), StatusCode::UNAUTHENTICATED);
}

// IAM has none of its own.
TEST_F(GrpcRegions, DoNotDivideIdentities) {
  Start();
  for (const char* region : {api::kRegion, kThere, "us-east-1"}) {
    EXPECT_TRUE(Send(Signed(region, "iam", kListUsers), false, kListUsers).status.ok()) << region;
    EXPECT_EQ(LastRegion(), api::kRegion);
  }
  EXPECT_TRUE(Send({{"x-kmaas-region", kThere}}, true, kListUsers).status.ok());
  EXPECT_EQ(LastRegion(), api::kRegion);
}

}  // namespace
}  // namespace kmaas::grpc_front
