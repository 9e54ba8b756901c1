// Goal: a grant ends for good, and only by whoever may end it.
#include "tests/api/grant_fixture.h"

namespace kmaas::api {
namespace {

using testing::HasSubstr;

class RetireGrant : public Grants {
 protected:
  RetireGrant() { answer_.allows = false; }

  // With and without a retiring principal, with and without the permission to retire.
  kms::CreateGrantResponse MakeFor(const std::string& grantee, const std::string& retiring,
                                   bool may_retire = false) {
    kms::CreateGrantRequest request = Asked(grantee);
    if (!retiring.empty()) request.set_retiring_principal(retiring);
    if (may_retire) request.add_operations("RetireGrant");
    return Make(request);
  }
};

TEST_F(Grants, RevocationLeavesNoRow) {
  kms::CreateGrantRequest request = Asked();
  request.set_name("name");
  request.set_retiring_principal(kBob);
  const auto made = Make(request);
  const std::string prefix = records::GranteePrefix(kRegion, key_id(), Called(kAlice).user_id);
  ASSERT_EQ((*world_.catalog.FindAll<domain::Grant>(prefix))->size(), 1U);
  EXPECT_EQ(Outcome("RevokeGrant", Revocation(made.grant_id())), "done");
  EXPECT_EQ(AllRows(), 0U);
  EXPECT_EQ(CountOfKey(), 0U);
  // What the next decision reads.
  EXPECT_TRUE((*world_.catalog.FindAll<domain::Grant>(prefix))->empty());
  EXPECT_EQ(Outcome("RevokeGrant", Revocation(made.grant_id())), "NotFoundException");
}

TEST_F(Grants, RevocationNamesAGrantOfItsKey) {
  const std::string id = Make(Asked()).grant_id();
  kms::RevokeGrantRequest elsewhere = Revocation(id);
  elsewhere.set_key_id(world_.MakeKey());
  EXPECT_EQ(Outcome("RevokeGrant", elsewhere), "NotFoundException");
  EXPECT_EQ(Outcome("RevokeGrant", Revocation(std::string(64, '0'))), "NotFoundException");
  for (const std::string& malformed : {std::string("x"), id + "0", id.substr(1) + "/"})
    EXPECT_EQ(Outcome("RevokeGrant", Revocation(malformed)), "InvalidGrantIdException");
  EXPECT_EQ(RowsOf("grants"), 1U);
}

TEST_F(Grants, ADryRunEndsNothing) {
  const auto made = Make(Asked());
  kms::RevokeGrantRequest revoke = Revocation(made.grant_id());
  revoke.set_dry_run(true);
  kms::RetireGrantRequest retire = RetirementBy(made.grant_token());
  retire.set_dry_run(true);
  EXPECT_EQ(Outcome("RevokeGrant", revoke), "DryRunOperationException");
  EXPECT_EQ(Outcome("RetireGrant", retire), "DryRunOperationException");
  EXPECT_EQ(CountOfKey(), 1U);
  EXPECT_EQ(AllRows(), 2U);
}

TEST_F(RetireGrant, IsForTheRetiringPrincipal) {
  const auto made = MakeFor(kAlice, kMallory);
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf(made.grant_id()), kBob), "AccessDeniedException");
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf(made.grant_id()), kMallory), "done");
  EXPECT_EQ(AllRows(), 0U);
  EXPECT_EQ(CountOfKey(), 0U);
}

TEST_F(RetireGrant, IsForTheGranteeWhoseGrantSaysSo) {
  const auto without = MakeFor(kAlice, "");
  const auto with = MakeFor(kAlice, "", true);
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf(without.grant_id()), kAlice),
            "AccessDeniedException");
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf(with.grant_id()), kBob), "AccessDeniedException");
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf(with.grant_id()), kAlice), "done");
}

TEST_F(RetireGrant, IsForWhomeverTheAccountLets) {
  const auto made = MakeFor(kAlice, "");
  answer_.allows = true;
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf(made.grant_id()), kMallory),
            "AccessDeniedException");
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf(made.grant_id()), kBob), "done");
}

TEST_F(RetireGrant, IsForNobodyWhomAPolicyDenies) {
  const auto made = MakeFor(kAlice, kBob, true);
  answer_.denies = true;
  for (const char* caller : {kAlice, kBob, kMallory}) {
    EXPECT_EQ(Outcome("RetireGrant", RetirementOf(made.grant_id()), caller),
              "AccessDeniedException");
    EXPECT_EQ(Outcome("RetireGrant", RetirementBy(made.grant_token()), caller),
              "AccessDeniedException");
  }
  EXPECT_EQ(RowsOf("grants"), 1U);
}

TEST_F(RetireGrant, IsNoEasierWithAToken) {
  const auto made = MakeFor(kAlice, kMallory);
  for (const char* caller : {kAlice, kBob})
    EXPECT_EQ(Outcome("RetireGrant", RetirementBy(made.grant_token()), caller),
              "AccessDeniedException");
  EXPECT_EQ(Outcome("RetireGrant", RetirementBy(made.grant_token()), kMallory), "done");
  EXPECT_EQ(Outcome("RetireGrant", RetirementBy(made.grant_token()), kMallory),
            "InvalidGrantTokenException");
}

TEST_F(RetireGrant, WantsATokenOrBothIds) {
  const auto made = MakeFor(kAlice, kBob);
  kms::RetireGrantRequest by_all = RetirementOf(made.grant_id());
  by_all.set_grant_token(made.grant_token());
  kms::RetireGrantRequest by_key = RetirementOf(made.grant_id());
  by_key.clear_grant_id();
  kms::RetireGrantRequest by_id = RetirementOf(made.grant_id());
  by_id.clear_key_id();
  for (const kms::RetireGrantRequest& request : {kms::RetireGrantRequest(), by_all, by_key, by_id})
    EXPECT_EQ(Outcome("RetireGrant", request, kBob), "ValidationException");
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf("x"), kBob), "InvalidGrantIdException");
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf(std::string(64, '0')), kBob), "NotFoundException");
  EXPECT_EQ(Outcome("RetireGrant", RetirementBy("token"), kBob), "InvalidGrantTokenException");
}

// A stranger's answer is the same whatever there is.
TEST_F(RetireGrant, TellsStrangersNothing) {
  const auto made = MakeFor(kAlice, kBob);
  kms::RetireGrantRequest no_key = RetirementOf(made.grant_id());
  no_key.set_key_id(
      "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012");
  for (const kms::RetireGrantRequest& request :
       {RetirementOf(made.grant_id()), RetirementOf(std::string(64, '0')), RetirementOf("x"),
        no_key})
    EXPECT_EQ(Outcome("RetireGrant", request, kMallory), "AccessDeniedException");
}

TEST_F(RetireGrant, TellsTheTrailWhichGrantAndByWhatRight) {
  const auto made = MakeFor(kAlice, kBob);
  ASSERT_EQ(Outcome("RetireGrant", RetirementBy(made.grant_token()), kBob), "done");
  const ports::AuditRecord record = world_.audit.records().back();
  EXPECT_EQ(record.grant_id, made.grant_id());
  EXPECT_EQ(record.deciding_statement, "grant: retiring principal");
  EXPECT_EQ(record.response_elements_json, R"({"keyId":")" + arn_ + R"("})");
  EXPECT_EQ(record.resources.at(0).arn, arn_);
  for (const std::string& line : world_.audit.lines())
    EXPECT_THAT(line, testing::Not(HasSubstr(made.grant_token())));
}

TEST_F(RetireGrant, WorksInEveryStateOfTheKey) {
  const auto made = MakeFor(kAlice, kBob);
  kms::ScheduleKeyDeletionRequest schedule;
  schedule.set_key_id(arn_);
  (void)Must<kms::ScheduleKeyDeletionResponse>("ScheduleKeyDeletion", schedule);
  EXPECT_EQ(Outcome("RetireGrant", RetirementOf(made.grant_id()), kBob), "done");
}

}  // namespace
}  // namespace kmaas::api
