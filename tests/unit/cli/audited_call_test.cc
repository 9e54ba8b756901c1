#include "cli/audited_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/render.h"

namespace kmaas::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr char kKey[] = "arn:aws:kms:eu-central-1:111122223333:key/1";

ports::AuditRecord Record() {
  ports::AuditRecord record;
  record.event_name = "Encrypt";
  record.error_code = "AccessDeniedException";
  record.deciding_statement = "no identity policy allows";
  record.request_parameters_json = R"({"encryptionContext":{"tenant":"blue"}})";
  record.resources.push_back({"111122223333", kKey});
  record.principal = domain::Principal{domain::PrincipalType::kIamUser,
                                       "111122223333",
                                       "arn:aws:iam::111122223333:user/jane",
                                       "AIDAJANE",
                                       "jane",
                                       "AKIAJANE"};
  return record;
}

AuditedCall Read(const ports::AuditRecord& record) {
  return *ReadAuditedCall(R"({"seq":1,"event":)" + audit::Render(record) + "}");
}

TEST(AuditedCallTest, HasWhatADecisionAsks) {
  const AuditedCall call = Read(Record());
  EXPECT_EQ(call.principal, "arn:aws:iam::111122223333:user/jane");
  EXPECT_EQ(call.operation, "Encrypt");
  EXPECT_EQ(call.deciding_statement, "no identity policy allows");
  EXPECT_THAT(call.resources, ElementsAre(kKey));
  EXPECT_THAT(call.encryption_context, ElementsAre(Pair("tenant", "blue")));
  EXPECT_FALSE(call.session_issued);
  EXPECT_FALSE(call.second_factor);
}

TEST(AuditedCallTest, KnowsSinceWhenASessionIsAndWhetherItShowedASecondFactor) {
  ports::AuditRecord record = Record();
  domain::Session session;
  session.issued = FromEpochMillis(1'700'000'000'000);
  session.source_identity = "jane@afar";
  record.principal->session = std::make_shared<domain::Session>(session);
  EXPECT_EQ(Read(record).session_issued, session.issued);
  EXPECT_EQ(Read(record).source_identity, "jane@afar");
  EXPECT_FALSE(Read(record).second_factor);
  session.mfa_time = session.issued;
  record.principal->session = std::make_shared<domain::Session>(session);
  EXPECT_TRUE(Read(record).second_factor);
}

TEST(AuditedCallTest, IsNoOtherLine) {
  for (const char* line : {"", "{}", "[]", "garbage", R"({"seq":1})"})
    EXPECT_FALSE(ReadAuditedCall(line)) << line;
}

}  // namespace
}  // namespace kmaas::cli
