// A secret leaves once, with the answer that makes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/requests.h"
#include "tests/api/rights_fixture.h"

namespace kmaas::api {
namespace {

namespace pb = google::protobuf;
using testing::HasSubstr;
using testing::Not;

class IamSecrets : public Rights {
 protected:
  IamSecrets() {
    iam::CreateAccessKeyRequest key;
    key.set_user_name("jane");
    made_ = world_.Must<iam::CreateAccessKeyResponse>("CreateAccessKey", key).access_key();
    iam::CreateVirtualMFADeviceRequest device;
    device.set_virtual_mfa_device_name("jane");
    device_ = world_.Must<iam::CreateVirtualMFADeviceResponse>("CreateVirtualMFADevice", device)
                  .virtual_mfa_device();
  }
  void Name(pb::Message& request, const char* field, const std::string& value) {
    const auto* descriptor = request.GetDescriptor()->FindFieldByName(field);
    if (descriptor != nullptr) request.GetReflection()->SetString(&request, descriptor, value);
  }
  // What the caller sees of it.
  std::string Answer(const core::Operation& operation) {
    const auto request = RequestOn(operation, arn_);
    Name(*request, "user_name", "jane");
    Name(*request, "access_key_id", made_.access_key_id());
    Name(*request, "serial_number", device_.serial_number());
    const auto reply = world_.Send(operation.name, *request);
    return reply ? (**reply).SerializeAsString() : reply.error().message + reply.error().detail;
  }
  void ExpectNoSecretIn(const std::string& text, const std::string& where) {
    EXPECT_THAT(text, Not(HasSubstr(made_.secret_access_key()))) << where;
    EXPECT_THAT(text, Not(HasSubstr(device_.base32_string_seed()))) << where;
  }

  iam::AccessKey made_;
  iam::VirtualMFADevice device_;
};

TEST_F(IamSecrets, AreInNoAnswerButThatOfTheirMaking) {
  ASSERT_EQ(made_.secret_access_key().size(), 40U);
  ASSERT_EQ(device_.base32_string_seed().size(), 64U);
  int answers_with_the_id = 0;
  for (const auto& operation : world_.registry.operations()) {
    if (operation->name.starts_with("Delete")) continue;  // they would hide it from the others
    const std::string answer = Answer(*operation);
    ExpectNoSecretIn(answer, operation->name);
    answers_with_the_id += answer.find(made_.access_key_id()) != std::string::npos ? 1 : 0;
  }
  EXPECT_GE(answers_with_the_id, 1);
}

TEST_F(IamSecrets, AreInNoRecordAndNoRow) {
  for (const std::string& line : world_.audit.lines()) ExpectNoSecretIn(line, "trail");
  for (const char* table :
       {"users", "access_keys", "user_access_keys", "mfa_devices", "audit_outbox"}) {
    const auto listed = world_.store.List({table, ""});
    ASSERT_TRUE(listed);
    for (const ports::Row& row : *listed) ExpectNoSecretIn(row.key + row.value, table);
  }
}

bool IsPolicyDocument(const pb::FieldDescriptor& field) {
  const std::string& name = field.name();
  return field.type() == pb::FieldDescriptor::TYPE_STRING &&
         (name == "policy" || name == "resource_policy" || name.ends_with("policy_document") ||
          name.ends_with("policy_input_list"));
}

// Whoever may read records need not be one who may read policies.
TEST_F(IamSecrets, AreKeptFromRecordsAsPoliciesAre) {
  int documents = 0;
  for (const auto& operation : world_.registry.operations()) {
    for (const core::FieldPlan& plan : operation->fields) {
      if (!IsPolicyDocument(*plan.field)) continue;
      ++documents;
      EXPECT_TRUE(plan.rules->unaudited()) << operation->name << " " << plan.field->name();
    }
  }
  EXPECT_GE(documents, 18);
}

}  // namespace
}  // namespace kmaas::api
