#include "core/registry.h"

#include <google/protobuf/text_format.h>
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

namespace pb = google::protobuf;

// Why a service of one rpc is refused whose request has a message with this annotation on a field.
std::string WhyRefusedWithin(const std::string& rules) {
  pb::FileDescriptorProto file;
  EXPECT_TRUE(pb::TextFormat::ParseFromString(
      R"(name: "odd.proto" dependency: "kmaas/options.proto" syntax: "proto3"
         message_type { name: "Part" field {
           name: "text" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL
           options { [kmaas.field] { )" +
          rules + R"( } } } }
         message_type { name: "AskRequest" field {
           name: "part" number: 1 type: TYPE_MESSAGE type_name: ".Part" label: LABEL_OPTIONAL } }
         message_type { name: "AskResponse" }
         service { name: "Odd" method {
           name: "Ask" input_type: ".AskRequest" output_type: ".AskResponse"
           options { [kmaas.operation] { action: "kms:Ask" effect: READ } } } })",
      &file));
  pb::DescriptorPool pool(pb::DescriptorPool::generated_pool());
  const pb::ServiceDescriptor* service = pool.BuildFile(file)->service(0);
  const Result<Registry> registry =
      Registry::Create(std::span(&service, 1), {{service->method(0)->input_type(),
                                                 service->method(0)->output_type(),
                                                 CallKind::kAccount,
                                                 {}}});
  return registry ? "" : registry.error().detail;
}

TEST(Registry, TakesLimitsOfMessagesWithinARequest) {
  EXPECT_EQ(WhyRefusedWithin(""), "");
  EXPECT_EQ(WhyRefusedWithin("required: true length { min: 1 max: 8 } secret: true"), "");
}

TEST(Registry, RefusesWithinARequestWhatIsReadOfRequestsOnly) {
  for (const char* const rules :
       {"target { reference: KEY_ID_OR_ARN states: ANY_STATE }", "entity { kind: USER }",
        "role: GRANT_TOKENS", R"(condition: "kms:RequestAlias")", R"(of_target: "part")",
        R"(also_action: "kms:TagResource")", "alias: true", "alias_exists: true"}) {
    EXPECT_NE(WhyRefusedWithin(rules).find("Part.text has a rule that is read of"),
              std::string::npos)
        << rules;
  }
}

}  // namespace
}  // namespace kmaas::core
