#include "audit/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <functional>
#include <vector>

#include "tests/fakes/sample_record.h"

namespace kmaas::audit {
namespace {

constexpr char kId[] = "0b7f1c9e-5d3a-4f7b-8a55-6f0f3e0c1d22";

TEST(Render, WritesTheRecordAsCloudTrailDoes) {
  EXPECT_EQ(Render(fakes::SampleRecord(kId)),
            R"({"eventVersion":"1.11","userIdentity":{"type":"IAMUser",)"
            R"("principalId":"AIDACKCEVSQ6C2EXAMPLE","arn":"arn:aws:iam::111122223333:user/alice",)"
            R"("accountId":"111122223333","accessKeyId":"AKIAIOSFODNN7EXAMPLE",)"
            R"("userName":"alice"},"eventTime":"2026-11-24T12:00:00Z",)"
            R"("eventSource":"kms.amazonaws.com","eventName":"Encrypt",)"
            R"("awsRegion":"eu-central-1","sourceIPAddress":"192.0.2.7",)"
            R"("userAgent":"aws-cli/2.9.19 Python/3.11.2","requestParameters":)"
            R"({"keyId":"alias/app","encryptionAlgorithm":"SYMMETRIC_DEFAULT"},)"
            R"("responseElements":null,"additionalEventData":)"
            R"({"decidingStatement":"account boundary","custody":"wrapped"},)"
            R"("requestID":"6a1e0c3d-2f4b-4c58-9d11-3b7f0f2e9a10",)"
            R"("eventID":"0b7f1c9e-5d3a-4f7b-8a55-6f0f3e0c1d22","readOnly":true,)"
            R"("resources":[{"accountId":"111122223333","type":"AWS::KMS::Key",)"
            R"("ARN":"arn:aws:kms:eu-central-1:111122223333:key/)"
            R"(1234abcd-12ab-34cd-56ef-1234567890ab"}],"eventType":"AwsApiCall",)"
            R"("managementEvent":true,"recipientAccountId":"111122223333",)"
            R"("eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3",)"
            R"("cipherSuite":"TLS_AES_128_GCM_SHA256"}})");
}

TEST(Render, NamesARetiredGrantAndAnAlias) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.deciding_statement.clear();
  record.custody.clear();
  record.grant_id = "0123";
  record.resources = {{"111122223333", "arn:aws:kms:eu-central-1:111122223333:alias/a"}};
  const std::string rendered = Render(record);
  EXPECT_THAT(rendered, testing::HasSubstr(R"("additionalEventData":{"grantId":"0123"})"));
  EXPECT_THAT(rendered,
              testing::HasSubstr(R"("resources":[{"accountId":"111122223333",)"
                                 R"("type":"AWS::KMS::Alias",)"
                                 R"("ARN":"arn:aws:kms:eu-central-1:111122223333:alias/a"}])"));
}

TEST(Render, NamesTheMaterialAndTheStoreOfTheKey) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.deciding_statement.clear();
  record.key_material_id = "0123ab";
  record.custom_key_store_id = "cks-1234567890abcdef0";
  EXPECT_THAT(Render(record),
              testing::HasSubstr(R"("additionalEventData":{"custody":"wrapped",)"
                                 R"("keyMaterialId":"0123ab",)"
                                 R"("customKeyStoreId":"cks-1234567890abcdef0"},"requestID")"));
}

TEST(Render, NamesBothMaterialsOfReEncryptAsCloudTrailDoes) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.deciding_statement.clear();
  record.custody.clear();
  record.key_material_id = "01 23";
  EXPECT_THAT(Render(record), testing::HasSubstr(R"({"sourceKeyMaterialId":"01",)"
                                                 R"("destinationKeyMaterialId":"23"},)"));
  record.key_material_id = "01 ";
  EXPECT_THAT(Render(record), testing::HasSubstr(R"({"sourceKeyMaterialId":"01"},)"));
}

TEST(Render, NamesElevationAndApprovals) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.deciding_statement.clear();
  record.custody.clear();
  record.elevation_id = "el-1";
  record.approval_ids = {"ap-1", "ap-2"};
  EXPECT_THAT(Render(record), testing::HasSubstr(R"("additionalEventData":{"elevationId":"el-1",)"
                                                 R"("approvalIds":["ap-1","ap-2"]},"requestID")"));
}

TEST(Render, TellsAnotherAccountWhatItShares) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.shared_event_id = "shared-1";
  EXPECT_THAT(Render(record),
              testing::HasSubstr(R"("managementEvent":true,"recipientAccountId":"111122223333",)"
                                 R"("sharedEventID":"shared-1","eventCategory")"));
  record.recipient_account = "999988887777";
  EXPECT_THAT(Render(record), testing::HasSubstr(R"("recipientAccountId":"999988887777",)"
                                                 R"("sharedEventID":"shared-1")"));
}

TEST(Render, NamesAnAttestedRecipientAsCloudTrailDoes) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.deciding_statement.clear();
  record.custody.clear();
  record.recipient = ports::AuditedRecipient{"i-0-enc0", "ab01"};
  EXPECT_THAT(
      Render(record),
      testing::HasSubstr(R"("additionalEventData":{"recipient":{)"
                         R"("attestationDocumentModuleId":"i-0-enc0",)"
                         R"("attestationDocumentEnclaveImageDigest":"ab01"}},"requestID")"));
  record.recipient->image_digest.clear();
  EXPECT_THAT(Render(record),
              testing::HasSubstr(R"({"recipient":{"attestationDocumentModuleId":"i-0-enc0"}})"));
}

// Nobody is known, nothing was resolved: what is absent is left out.
TEST(Render, WritesACallThatDidNotAuthenticate) {
  ports::AuditRecord record;
  record.event_id = kId;
  record.request_id = "r";
  record.event_source = "kms.amazonaws.com";
  record.event_name = "Encrypt";
  record.region = "eu-central-1";
  record.claimed_access_key_id = "AKIACLAIMED";
  record.error_code = "InvalidSignatureException";
  record.error_message = "The request signature does not match.";
  EXPECT_EQ(Render(record),
            R"({"eventVersion":"1.11","userIdentity":{"type":"Unknown",)"
            R"("accessKeyId":"AKIACLAIMED"},"eventTime":"1970-01-01T00:00:00Z",)"
            R"("eventSource":"kms.amazonaws.com","eventName":"Encrypt",)"
            R"("awsRegion":"eu-central-1","sourceIPAddress":"","userAgent":"",)"
            R"("errorCode":"InvalidSignatureException",)"
            R"("errorMessage":"The request signature does not match.",)"
            R"("requestParameters":null,"responseElements":null,"requestID":"r",)"
            R"("eventID":"0b7f1c9e-5d3a-4f7b-8a55-6f0f3e0c1d22","readOnly":true,)"
            R"("eventType":"AwsApiCall","managementEvent":true,"eventCategory":"Management"})");
}

std::string IdentityOf(domain::PrincipalType type) {
  ports::AuditRecord record;
  record.principal =
      domain::Principal{type, "111122223333", "arn:aws:iam::111122223333:root", "", "", ""};
  const std::string event = Render(record);
  const std::string start = R"("userIdentity":)";
  const std::size_t from = event.find(start) + start.size();
  return event.substr(from, event.find('}') + 1 - from);
}

TEST(Render, NamesEveryKindOfPrincipal) {
  using enum domain::PrincipalType;
  EXPECT_EQ(IdentityOf(kRoot),
            R"({"type":"Root","principalId":"111122223333",)"
            R"("arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"})");
  EXPECT_THAT(IdentityOf(kAssumedRole), testing::HasSubstr(R"("type":"AssumedRole")"));
  EXPECT_EQ(IdentityOf(kService), R"({"type":"AWSService","accountId":"111122223333",)"
                                  R"("invokedBy":"arn:aws:iam::111122223333:root"})");
}

TEST(Render, SaysOfWhatTheServiceDidItselfThatNobodyAsked) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.event_name = "RotateKey";
  record.service_event = true;
  record.principal = domain::Principal{
      domain::PrincipalType::kService, "111122223333", "AWS Internal", "", "", ""};
  record.response_elements_json = R"({"rotationType":"AUTOMATIC"})";
  const std::string event = Render(record);
  EXPECT_THAT(event, testing::HasSubstr(R"("userIdentity":{"accountId":"111122223333",)"
                                        R"("invokedBy":"AWS Internal"})"));
  EXPECT_THAT(event, testing::HasSubstr(R"("requestParameters":null,"responseElements":null,)"
                                        R"("serviceEventDetails":{"rotationType":"AUTOMATIC"})"));
  EXPECT_THAT(event, testing::HasSubstr(R"("eventType":"AwsServiceEvent")"));
}

TEST(Render, CallsTheHolderOfAnIdentityTokenAWebIdentity) {
  domain::Session session;
  session.federated_provider = "https://idp.example";
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.principal = domain::Principal{domain::PrincipalType::kAssumedRole,
                                       "",
                                       "",
                                       "idp.example:kmaas:jane",
                                       "jane",
                                       "",
                                       std::make_shared<const domain::Session>(session)};
  EXPECT_THAT(Render(record),
              testing::HasSubstr(R"("userIdentity":{"type":"WebIdentityUser",)"
                                 R"("principalId":"idp.example:kmaas:jane","userName":"jane",)"
                                 R"("identityProvider":"https://idp.example"})"));
}

TEST(Render, ReadsBackIdDayAndKind) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  EXPECT_EQ(EventId(Render(record)), kId);
  EXPECT_EQ(EventDay(Render(record)), "2026-11-24");
  EXPECT_FALSE(IsWrite(Render(record)));
  record.read_only = false;
  EXPECT_TRUE(IsWrite(Render(record)));
}

TEST(Render, KeepsJsonOfSeveralLinesOnOne) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.request_parameters_json = "{\r\n\t\"keyId\": \"a\"\n}";
  EXPECT_THAT(Render(record), testing::HasSubstr(R"("requestParameters":{   "keyId": "a" },)"));
}

// The names of all members, in order and with their nesting: what a reader takes for structure.
void AppendStructure(simdjson::dom::element element, std::string& out) {
  if (element.is_object()) {
    for (const auto member : simdjson::dom::object(element)) {
      out.append(member.key).append("{");
      AppendStructure(member.value, out);
      out += "}";
    }
  } else if (element.is_array()) {
    for (const auto item : simdjson::dom::array(element)) AppendStructure(item, out);
  }
}

std::string StructureOf(const std::string& event) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(event).get(element) != simdjson::SUCCESS) return "not JSON: " + event;
  std::string out;
  AppendStructure(element, out);
  return out;
}

using Setter = std::function<void(ports::AuditRecord&, const std::string&)>;

// Every text of a record that somebody outside shapes.
const std::vector<Setter>& Setters() {
  using R = ports::AuditRecord;
  using S = std::string;
  static const std::vector<Setter> setters = {
      [](R& r, const S& text) { r.request_id = text; },
      [](R& r, const S& text) { r.event_source = text; },
      [](R& r, const S& text) { r.event_name = text; },
      [](R& r, const S& text) { r.region = text; },
      [](R& r, const S& text) { r.principal->account = text; },
      [](R& r, const S& text) { r.principal->arn = text; },
      [](R& r, const S& text) { r.principal->user_id = text; },
      [](R& r, const S& text) { r.principal->user_name = text; },
      [](R& r, const S& text) { r.principal->access_key_id = text; },
      [](R& r, const S& text) { r.source_address = text; },
      [](R& r, const S& text) { r.user_agent = text; },
      [](R& r, const S& text) { r.tls_version = text; },
      [](R& r, const S& text) { r.tls_cipher = text; },
      [](R& r, const S& text) { r.error_code = text; },
      [](R& r, const S& text) { r.error_message = text; },
      [](R& r, const S& text) { r.deciding_statement = text; },
      [](R& r, const S& text) { r.custody = text; },
      [](R& r, const S& text) { r.custom_key_store_id = text; },
      [](R& r, const S& text) { r.elevation_id = text; },
      [](R& r, const S& text) {
        r.approval_ids = {text, text};
      },
      [](R& r, const S& text) { r.shared_event_id = text; },
      [](R& r, const S& text) { r.recipient_account = text; },
      [](R& r, const S& text) { r.grant_id = text; },
      [](R& r, const S& text) { r.trace_id = text; },
      [](R& r, const S& text) {
        r.recipient = ports::AuditedRecipient{text, text};
      },
      [](R& r, const S& text) { r.resources[0].account = text; },
      [](R& r, const S& text) { r.resources[0].arn = text; },
      [](R& r, const S& text) {
        r.principal.reset();
        r.claimed_access_key_id = text;
      },
  };
  return setters;
}

const std::vector<std::string>& HostileTexts() {
  static const std::vector<std::string> texts = {
      "line\nbreak\r\n",
      std::string("nul\0byte", 8),
      "quote\" backslash\\ both\\\"",
      R"(","eventID":"forged","readOnly":false,"x":")",
      R"(\","eventTime":"1999-01-01T00:00:00Z","x":"\)",
      "\"}\n{\"seq\":1,\"prev\":\"\",\"hash\":\"\",\"event\":{}}\n",
      "not UTF-8 \xff\xc0\x80\xed\xa0\x80\xe2\x82",
      "lines for others \xe2\x80\xa8\xe2\x80\xa9\xc2\x85\x7f\x1b[2J",
      std::string(70'000, '"'),
  };
  return texts;
}

class HostileText : public testing::TestWithParam<bool> {
 protected:
  static void ExpectHarmless(const Setter& set, const std::string& text) {
    ports::AuditRecord record = fakes::SampleRecord(kId);
    record.error_code = "AccessDeniedException";
    record.error_message = "denied";
    record.read_only = GetParam();
    set(record, "harmless");
    const std::string structure = StructureOf(Render(record));
    set(record, text);
    const std::string event = Render(record);
    for (const char c : event) ASSERT_GE(static_cast<unsigned char>(c), 0x20) << event;
    EXPECT_EQ(StructureOf(event), structure);
    EXPECT_EQ(EventId(event), kId);
    EXPECT_EQ(EventDay(event), "2026-11-24");
    EXPECT_EQ(IsWrite(event), !record.read_only);
  }
};

TEST_P(HostileText, BreaksNoLineAndForgesNoMember) {
  for (const Setter& set : Setters())
    for (const std::string& text : HostileTexts()) ExpectHarmless(set, text);
}

// An encryption context may have any names: members that look like those of the record.
TEST_P(HostileText, InParametersForgesNoMember) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.read_only = GetParam();
  record.request_parameters_json =
      R"({"encryptionContext":{"a":"b","eventID":"forged","eventTime":"1999-01-01T00:00:00Z"},)"
      R"("x":null,"readOnly":false})";
  record.response_elements_json = record.request_parameters_json;
  EXPECT_EQ(EventId(Render(record)), kId);
  EXPECT_EQ(EventDay(Render(record)), "2026-11-24");
  EXPECT_EQ(IsWrite(Render(record)), !record.read_only);
}

INSTANTIATE_TEST_SUITE_P(ReadsAndWrites, HostileText, testing::Bool());

}  // namespace
}  // namespace kmaas::audit
