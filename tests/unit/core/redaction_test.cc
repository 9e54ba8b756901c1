// Goal: the trail, an error and freed memory never hold what an annotation calls secret, whoever
// adds an operation. Method: every field of every message is filled with a text of its own.
#include "core/redaction.h"

#include "base/encoding.h"
#include "tests/unit/core/core_world.h"

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const FieldRules& RulesOf(const pb::FieldDescriptor* field) {
  return field->options().GetExtension(kmaas::field);
}

std::string Canary(const pb::FieldDescriptor* field) {
  return "canary-" + field->full_name() + ".";
}

bool IsText(const pb::FieldDescriptor* field) {
  return field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING;
}

void FillMessage(pb::Message& message);

void FillField(pb::Message& message, const pb::FieldDescriptor* field) {
  const pb::Reflection* reflection = message.GetReflection();
  if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
    FillMessage(field->is_repeated() ? *reflection->AddMessage(&message, field)
                                     : *reflection->MutableMessage(&message, field));
  } else if (IsText(field) && field->is_repeated()) {
    reflection->AddString(&message, field, Canary(field));
  } else if (IsText(field)) {
    reflection->SetString(&message, field, Canary(field));
  } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_BOOL) {
    reflection->SetBool(&message, field, true);
  } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_INT32) {
    reflection->SetInt32(&message, field, 77);
  }
}

void FillMessage(pb::Message& message) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i)
    FillField(message, message.GetDescriptor()->field(i));
}

std::unique_ptr<pb::Message> Filled(const pb::Message& prototype) {
  std::unique_ptr<pb::Message> message(prototype.New());
  FillMessage(*message);
  return message;
}

// Every text field, those of nested messages too; `hidden` says whether the audit may show it.
using Visit = std::function<void(const pb::FieldDescriptor*, bool hidden)>;
void VisitTexts(const pb::Descriptor* message, bool hidden, const Visit& visit) {
  for (int i = 0; i < message->field_count(); ++i) {
    const pb::FieldDescriptor* field = message->field(i);
    const bool is_hidden = hidden || RulesOf(field).secret() || RulesOf(field).unaudited();
    if (IsText(field)) visit(field, is_hidden);
    if (field->message_type() != nullptr) VisitTexts(field->message_type(), is_hidden, visit);
  }
}

class Redaction : public testing::Test {
 protected:
  World world_;
};

TEST_F(Redaction, ShowsEveryFieldOfEveryRequestButTheHiddenOnes) {
  for (const auto& operation : world_.registry.operations()) {
    const auto request = Filled(*operation->request_prototype);
    const std::string audited = AuditedParameters(*operation, *request);
    VisitTexts(request->GetDescriptor(), false, [&](const auto* field, bool hidden) {
      const std::string canary = Canary(field);
      const std::string encoded = Base64Encode(AsBytes(canary));
      const bool shown =
          audited.find(canary) != std::string::npos || audited.find(encoded) != std::string::npos;
      EXPECT_EQ(shown, !hidden) << operation->name << " " << field->full_name() << ": " << audited;
    });
  }
}

// A new blob has to be classified: it is secret, or left out of the audit, or public.
TEST_F(Redaction, KnowsEveryBlobOfEveryMessage) {
  std::set<std::string> secret;
  std::set<std::string> shown;
  for (const auto& operation : world_.registry.operations()) {
    for (const pb::Message* message :
         {operation->request_prototype, operation->response_prototype}) {
      VisitTexts(message->GetDescriptor(), false, [&](const auto* field, bool hidden) {
        if (field->type() != pb::FieldDescriptor::TYPE_BYTES) return;
        if (RulesOf(field).secret()) secret.insert(field->full_name().substr(13));
        if (!hidden) shown.insert(field->name());
      });
    }
  }
  EXPECT_THAT(secret, ElementsAre("DecapsulateResponse.shared_secret", "DecryptResponse.plaintext",
                                  "DeriveSharedSecretResponse.shared_secret",
                                  "EncapsulateResponse.shared_secret", "EncryptRequest.plaintext",
                                  "GenerateDataKeyPairResponse.private_key_plaintext",
                                  "GenerateDataKeyResponse.plaintext", "GenerateMacRequest.message",
                                  "GenerateRandomResponse.plaintext", "SignRequest.message",
                                  "VerifyMacRequest.message", "VerifyRequest.message"));
  // Of answers, which the audit never sees.
  EXPECT_THAT(shown, ElementsAre("ciphertext_blob", "ciphertext_for_recipient", "import_token",
                                 "mac", "private_key_ciphertext_blob", "public_key",
                                 "shared_secret_ciphertext_blob", "signature"));
}

TEST_F(Redaction, KnowsEverySecretText) {
  std::set<std::string> secret;
  for (const auto& operation : world_.registry.operations()) {
    for (const pb::Message* message :
         {operation->request_prototype, operation->response_prototype}) {
      VisitTexts(message->GetDescriptor(), false, [&](const auto* field, bool /*hidden*/) {
        if (field->type() == pb::FieldDescriptor::TYPE_STRING && RulesOf(field).secret())
          secret.insert(field->full_name().substr(13));
      });
    }
  }
  EXPECT_THAT(secret, ElementsAre("CreateCustomKeyStoreRequest.key_store_password",
                                  "UpdateCustomKeyStoreRequest.key_store_password",
                                  "XksProxyAuthenticationCredentialType.access_key_id",
                                  "XksProxyAuthenticationCredentialType.raw_secret_access_key"));
}

// Signatures, codes and tokens of a request, too: whoever reads the trail could use them.
TEST_F(Redaction, ShowsNoBlobOfARequest) {
  for (const auto& operation : world_.registry.operations()) {
    VisitTexts(operation->request_prototype->GetDescriptor(), false,
               [](const auto* field, bool hidden) {
                 const bool is_blob = field->type() == pb::FieldDescriptor::TYPE_BYTES;
                 EXPECT_TRUE(!is_blob || hidden) << field->full_name();
               });
  }
}

TEST_F(Redaction, ShowsNoCiphertextOfARequest) {
  for (const auto& operation : world_.registry.operations()) {
    VisitTexts(operation->request_prototype->GetDescriptor(), false,
               [](const auto* field, bool hidden) {
                 const bool is_ciphertext = field->name().find("ciphertext") != std::string::npos;
                 EXPECT_TRUE(!is_ciphertext || hidden) << field->full_name();
               });
  }
}

TEST_F(Redaction, UsesTheNamesOfCloudTrailAndFillsInDefaults) {
  kms::EncryptRequest request;
  request.set_key_id("alias/a");
  (*request.mutable_encryption_context())["b"] = "2";
  (*request.mutable_encryption_context())["a"] = "1\"\n";
  request.set_dry_run(true);
  EXPECT_EQ(AuditedParameters(world_.Find("Encrypt"), request),
            R"({"keyId":"alias/a","encryptionContext":{"a":"1\"\n","b":"2"},)"
            R"("encryptionAlgorithm":"SYMMETRIC_DEFAULT","dryRun":true})");
  EXPECT_EQ(AuditedParameters(world_.Find("CreateKey"), kms::CreateKeyRequest()),
            R"({"keyUsage":"ENCRYPT_DECRYPT","keySpec":"SYMMETRIC_DEFAULT","origin":"AWS_KMS",)"
            R"("bypassPolicyLockoutSafetyCheck":false,"multiRegion":false})");
}

TEST_F(Redaction, ShowsListsAndNestedMessages) {
  kms::TagResourceRequest request;
  request.set_key_id("k");
  for (const char* key : {"a", "b"}) {
    kms::Tag* tag = request.add_tags();
    tag->set_tag_key(key);
    tag->set_tag_value("v");
  }
  EXPECT_EQ(AuditedParameters(world_.Find("TagResource"), request),
            R"({"keyId":"k","tags":[{"tagKey":"a","tagValue":"v"},)"
            R"({"tagKey":"b","tagValue":"v"}]})");
}

TEST_F(Redaction, CutsLongTextsAndHidesNothingElseBehindThem) {
  kms::CreateKeyRequest request;
  request.set_bypass_policy_lockout_safety_check(true);
  for (int i = 0; i < 50; ++i) {
    kms::Tag* tag = request.add_tags();
    tag->set_tag_key("k" + std::to_string(i));
    tag->set_tag_value(std::string(2048, 'v'));
  }
  const std::string audited = AuditedParameters(world_.Find("CreateKey"), request);
  EXPECT_LE(audited.size(), std::size_t{64} << 10U);
  EXPECT_THAT(audited, HasSubstr(R"("bypassPolicyLockoutSafetyCheck":true)"));
  EXPECT_THAT(audited, HasSubstr(R"({"tagKey":"k49","tagValue":")" + std::string(512, 'v') +
                                 R"(...[cut]"})"));
}

TEST_F(Redaction, ShowsTimesAsSeconds) {
  kms::ImportKeyMaterialRequest request;
  request.set_key_id("k");
  request.set_encrypted_key_material("wrapped");
  request.set_valid_to(1893456000.5);
  EXPECT_EQ(AuditedParameters(world_.Find("ImportKeyMaterial"), request),
            R"({"keyId":"k","validTo":1893456000.5,"expirationModel":"KEY_MATERIAL_EXPIRES"})");
  request.set_valid_to(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(AuditedParameters(world_.Find("ImportKeyMaterial"), request),
              HasSubstr(R"("validTo":null,)"));
}

TEST_F(Redaction, SaysNullWhenNothingIsLeft) {
  EXPECT_EQ(AuditedParameters(world_.Find("ListKeys"), kms::ListKeysRequest()), "null");
}

TEST_F(Redaction, WipesEverySecretOfEveryMessageAndNothingElse) {
  for (const auto& operation : world_.registry.operations()) {
    for (const pb::Message* prototype :
         {operation->request_prototype, operation->response_prototype}) {
      const auto message = Filled(*prototype);
      WipeSecrets(*message);
      const std::string left = message->SerializeAsString();
      VisitTexts(message->GetDescriptor(), false, [&](const auto* field, bool /*hidden*/) {
        const bool is_left = left.find(Canary(field)) != std::string::npos;
        EXPECT_EQ(is_left, !RulesOf(field).secret()) << field->full_name();
      });
    }
  }
}

// What a message says that is too long, of the wrong form or unknown is not repeated in the error,
// which goes to the trail as well, when the trail may not show it.
TEST_F(Redaction, KeepsHiddenFieldsOutOfErrorsAndTheirRecords) {
  for (const auto& operation : world_.registry.operations()) {
    for (const FieldPlan& plan : operation->fields) {
      if (!IsText(plan.field) || !(plan.rules->secret() || plan.rules->unaudited())) continue;
      for (const std::string& canary :
           {std::string("canary\x01"), "canary" + std::string(9000, 'c'),
            "canary" + std::string(140'000, 'c')}) {
        std::unique_ptr<pb::Message> request(operation->request_prototype->New());
        const pb::Reflection* reflection = request->GetReflection();
        if (plan.field->is_repeated()) {
          reflection->AddString(request.get(), plan.field, canary);
        } else {
          reflection->SetString(request.get(), plan.field, canary);
        }
        EXPECT_THAT(Outcome(world_.Send(operation->name, *request)), Not(HasSubstr("canary")))
            << plan.field->full_name();
        EXPECT_THAT(world_.audit.lines().back(), Not(HasSubstr("canary")));
        EXPECT_THAT(world_.audit.records().back().error_message, Not(HasSubstr("canary")));
      }
    }
  }
}

}  // namespace
}  // namespace kmaas::core
