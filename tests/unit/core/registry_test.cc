#include "core/registry.h"

#include <gtest/gtest.h>

#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::core {
namespace {

namespace kms = ::kmaas::kms::v1;

Result<kms::EncryptResponse> Encrypt(const kms::EncryptRequest& /*request*/, KeyCall& /*call*/) {
  return kms::EncryptResponse();
}
Result<kms::EncryptResponse> EncryptWithoutKey(const kms::EncryptRequest& /*request*/,
                                               AccountCall& /*call*/) {
  return kms::EncryptResponse();
}

const google::protobuf::ServiceDescriptor* Service() {
  return kms::EncryptRequest::descriptor()->file()->service(0);
}

std::string WhyRefused(std::vector<Binding> bindings) {
  const google::protobuf::ServiceDescriptor* services[] = {Service()};
  const Result<Registry> registry = Registry::Create(services, bindings);
  return registry ? "" : registry.error().detail;
}

TEST(Registry, RefusesARpcWithoutAFunction) {
  EXPECT_NE(WhyRefused({}).find("has 0 functions"), std::string::npos);
}

TEST(Registry, NamesTheRpcThatIsMissing) {
  EXPECT_NE(WhyRefused({Bind(&Encrypt)}).find("CreateKey has 0 functions"), std::string::npos);
}

TEST(Registry, BindKnowsTheCallOfTheFunction) {
  EXPECT_EQ(Bind(&Encrypt).call, CallKind::kKey);
  EXPECT_EQ(Bind(&EncryptWithoutKey).call, CallKind::kAccount);
}

}  // namespace
}  // namespace kmaas::core
