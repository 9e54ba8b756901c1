#include "siem/render/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>

#include "audit/render.h"
#include "base/encoding.h"
#include "siem/syslog_frame.h"
#include "tests/fakes/sample_record.h"

namespace kmaas::siem {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kId[] = "0b7f1c9e-5d3a-4f7b-8a55-6f0f3e0c1d22";
constexpr FormatKind kFormats[] = {FormatKind::kCloudTrail, FormatKind::kCef, FormatKind::kLeef,
                                   FormatKind::kOcsf,       FormatKind::kEcs, FormatKind::kWazuh};

Event EventOf(const ports::AuditRecord& record) {
  Event event = ParseEvent(audit::Render(record)).value();
  event.sequence = 17;
  event.previous = std::string(64, 'a');
  event.hash = std::string(64, 'b');
  return event;
}

std::string Rendered(FormatKind format, const ports::AuditRecord& record) {
  return Render(format, EventOf(record), {"1.2.3", "host.example"});
}

ports::AuditRecord Denied() {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.error_code = "AccessDeniedException";
  record.error_message = "User: arn:aws:iam::111122223333:user/alice is not authorized";
  return record;
}

TEST(CloudTrailForm, IsTheRecordByteForByteWithItsPlaceInTheChain) {
  const ports::AuditRecord record = fakes::SampleRecord(kId);
  std::string expected = audit::Render(record);
  expected.pop_back();
  expected += R"(,"kmaas":{"seq":17,"prev":")" + std::string(64, 'a') + R"(","hash":")" +
              std::string(64, 'b') + R"("}})";
  EXPECT_EQ(Rendered(FormatKind::kCloudTrail, record), expected);
}

TEST(WazuhForm, IsAnEnvelopeThatItsCloudTrailRulesRead) {
  EXPECT_THAT(Rendered(FormatKind::kWazuh, fakes::SampleRecord(kId)),
              StartsWith(R"({"integration":"aws","aws":{"source":"cloudtrail","eventVersion":)"));
}

TEST(CefForm, IsOneHeaderAndItsExtension) {
  EXPECT_THAT(Rendered(FormatKind::kCef, Denied()),
              StartsWith("CEF:0|kmaas|kmaas|1.2.3|Encrypt|kms.amazonaws.com Encrypt|6|"
                         "rt=1795521600000 externalId=0b7f1c9e-5d3a-4f7b-8a55-6f0f3e0c1d22 "
                         "act=Encrypt cat=AwsApiCall outcome=failure "
                         "reason=AccessDeniedException msg=User: arn:aws:iam::"));
}

TEST(CefForm, EscapesWhatItsParsersSplitAt) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.user_agent = "a=b\\c|d\ne";
  record.event_name = "x|y\\z";
  const std::string text = Rendered(FormatKind::kCef, record);
  EXPECT_THAT(text, HasSubstr(R"(requestClientApplication=a\=b\\c|d\ne )"));
  EXPECT_THAT(text, HasSubstr(R"(|x\|y\\z|)"));
}

TEST(LeefForm, HasTabsBetweenAttributesAndInNone) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.user_agent = "a\tusrName=mallory";
  const std::string text = Rendered(FormatKind::kLeef, record);
  EXPECT_THAT(text, StartsWith("LEEF:2.0|kmaas|kmaas|1.2.3|Encrypt|x09|devTime=2026-11-24T12:00:00Z"
                               "\tdevTimeFormat=yyyy-MM-dd'T'HH:mm:ssX\tcat=AwsApiCall\tsev=1\t"));
  EXPECT_THAT(text, HasSubstr("\tuserAgent=a usrName=mallory\t"));
}

TEST(EveryForm, HasNoCharacterThatEndsALineOrCommandsATerminal) {
  ports::AuditRecord record = Denied();
  record.error_message = "a\u2028b\u2029c\u0085d\u009be\u00e9";
  record.user_agent = record.error_message;
  for (const FormatKind format : kFormats) {
    const std::string text = Rendered(format, record);
    for (const char* one : {"\u2028", "\u2029", "\u0085", "\u009b"})
      EXPECT_THAT(text, Not(HasSubstr(one))) << static_cast<int>(format);
    EXPECT_THAT(text, HasSubstr("e\u00e9")) << static_cast<int>(format);
  }
  EXPECT_THAT(Rendered(FormatKind::kCef, record), HasSubstr("msg=a b c d e\u00e9 "));
}

TEST(OcsfForm, IsAnApiActivity) {
  const std::string text = Rendered(FormatKind::kOcsf, Denied());
  EXPECT_THAT(text, StartsWith(R"({"activity_id":99,"activity_name":"Encrypt","category_uid":6,)"
                               R"("category_name":"Application Activity","class_uid":6003,)"
                               R"("class_name":"API Activity","type_uid":600399,)"
                               R"("time":1795521600000,"severity_id":3,)"));
  EXPECT_THAT(text, HasSubstr(R"("status_id":2)"));
  EXPECT_THAT(text, HasSubstr(R"("sequence":17)"));
}

TEST(OcsfForm, IsAnAuthenticationWhenStsBeginsASession) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.event_source = "sts.amazonaws.com";
  record.event_name = "AssumeRole";
  EXPECT_THAT(Rendered(FormatKind::kOcsf, record), HasSubstr(R"("class_uid":3002)"));
}

TEST(EcsForm, SaysCategoryTypeAndOutcome) {
  EXPECT_THAT(Rendered(FormatKind::kEcs, Denied()),
              HasSubstr(R"("kind":"event","category":["api"],"type":["access","denied"],)"
                        R"("outcome":"failure","action":"Encrypt")"));
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.event_name = "ScheduleKeyDeletion";
  EXPECT_THAT(Rendered(FormatKind::kEcs, record),
              HasSubstr(R"("category":["configuration"],"type":["deletion"])"));
}

std::vector<std::string> HostileTexts() {
  std::vector<std::string> texts{
      "\r\n<110>1 forged", "\xff\xfe\xc0\x80",          std::string(1, '\0'),    "|=\\]\"",
      "\u2028\u0085",      std::string(65'536, '\x01'), std::string(65'536, 'a')};
  std::string wide;
  for (int i = 0; i < 20'000; ++i) wide += "\xf0\x9f\x94\x91";
  texts.push_back(wide);
  return texts;
}

ports::AuditRecord HostileRecord(const std::string& text) {
  ports::AuditRecord record = Denied();
  record.user_agent = record.source_address = record.error_message = record.deciding_statement =
      record.event_name = record.region = record.tls_version = record.tls_cipher = text;
  record.principal->user_name = record.principal->arn = record.principal->access_key_id = text;
  record.resources.assign(9, {text, text});
  return record;
}

TEST(EveryForm, IsOneShortLineWithItsIdWhateverCallersWrote) {
  for (const std::string& text : HostileTexts()) {
    for (const FormatKind format : kFormats) {
      const std::string out = Rendered(format, HostileRecord(text));
      SCOPED_TRACE(std::to_string(static_cast<int>(format)) + out.substr(0, 200));
      EXPECT_LE(out.size(), kBodyBytesMax);
      EXPECT_TRUE(IsUtf8(out));
      EXPECT_TRUE(std::none_of(out.begin(), out.end(), [&](char c) {
        return static_cast<unsigned char>(c) < 0x20 && !(c == '\t' && format == FormatKind::kLeef);
      }));
      EXPECT_THAT(out, HasSubstr(kId));
      EXPECT_THAT(out, HasSubstr(std::string(64, 'b')));
      simdjson::dom::parser parser;
      EXPECT_EQ(parser.parse(out).error() == simdjson::SUCCESS, IsJson(format));
    }
  }
}

TEST(EveryForm, FitsWhenACallerWroteManyShortMembers) {
  ports::AuditRecord record = fakes::SampleRecord(kId);
  record.request_parameters_json = R"({"encryptionContext":{"a":"b")";
  for (int i = 0; i < 4000; ++i)
    record.request_parameters_json += R"(,"k)" + std::to_string(i) + R"(":"v")";
  record.request_parameters_json += "}}";
  for (const FormatKind format : kFormats) {
    const std::string out = Rendered(format, record);
    EXPECT_LE(out.size(), kBodyBytesMax);
    EXPECT_THAT(out, HasSubstr(kId));
  }
}

TEST(SyslogFrame, CountsItsOctetsAndEscapesItsParameters) {
  Message message{5, "i\"d]\\", "Encrypt", EventOf(Denied()).time, true, true, true, "{}"};
  const std::string frame = ToSyslogFrame({"h", "kmaas", "7", 13, 32'473}, message);
  const std::string text =
      R"(<108>1 2026-11-24T12:00:00Z h kmaas 7 Encrypt [kmaas@32473 seq="5" eventId="i\"d\]\\"] {})";
  EXPECT_EQ(frame, std::to_string(text.size()) + " " + text);
}

TEST(SyslogFrame, StaysBelowWhatReceiversTake) {
  for (const FormatKind format : kFormats) {
    Message message;
    message.event_id = kId;
    message.name = std::string(500, 'n');
    message.body = Rendered(format, HostileRecord(std::string(65'536, 'a')));
    const SyslogOrigin origin{std::string(300, 'h'), std::string(60, 'a'), "4194304", 13, 1};
    EXPECT_LT(ToSyslogFrame(origin, message).size(), 8192U);
  }
}

TEST(Filter, LetsThroughWhatItsNameSays) {
  const Event use = EventOf(fakes::SampleRecord(kId));
  const Event denied = EventOf(Denied());
  EXPECT_TRUE(Passes(EventFilter::kAll, use));
  EXPECT_FALSE(Passes(EventFilter::kManagement, use));
  EXPECT_FALSE(Passes(EventFilter::kChanges, use));
  EXPECT_FALSE(Passes(EventFilter::kFailed, use));
  EXPECT_TRUE(Passes(EventFilter::kFailed, denied));
  EXPECT_TRUE(Passes(EventFilter::kDenied, denied));
}

}  // namespace
}  // namespace kmaas::siem
