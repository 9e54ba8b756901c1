#include "tests/component/grpc/fixture.h"

namespace kmaas::grpc_front {
namespace {

using ::grpc::StatusCode;

// grpc.health.v1.HealthCheckResponse.status, as bytes.
const std::string kServing("\x08\x01");
const std::string kNotServing("\x08\x02");
constexpr char kKms[] = "kmaas.kms.v1.KeyManagementService";

class GrpcHealth : public GrpcTest {
 protected:
  GrpcHealth() { Start(); }
  Reply Check(const std::string& service) {
    const std::string request =
        service.empty() ? "" : std::string("\x0a") + static_cast<char>(service.size()) + service;
    return ConnectAnonymously().Call("/grpc.health.v1.Health/Check", request);
  }
};

TEST_F(GrpcHealth, IsNotServingBeforeItIsTold) {
  EXPECT_EQ(Check("").bytes, kNotServing);
  EXPECT_EQ(Check(kKms).bytes, kNotServing);
}

TEST_F(GrpcHealth, FollowsWhatItIsToldForServerAndService) {
  for (const bool serving : {true, false, true}) {
    server->SetServing(serving);
    EXPECT_EQ(Check("").bytes, serving ? kServing : kNotServing);
    EXPECT_EQ(Check(kKms).bytes, serving ? kServing : kNotServing);
  }
}

TEST_F(GrpcHealth, DoesNotKnowOtherServices) {
  server->SetServing(true);
  EXPECT_EQ(Check("another.Service").status.error_code(), StatusCode::NOT_FOUND);
}

TEST_F(GrpcHealth, LeavesNoAuditRecord) {
  server->SetServing(true);
  EXPECT_TRUE(Check("").status.ok());
  EXPECT_TRUE(core.audit.records().empty());
}

}  // namespace
}  // namespace kmaas::grpc_front
