#include "tests/unit/keyservice/keyservice_fixture.h"

namespace kmaas::keyservice {
namespace {

using enum Column;

struct Case {
  const char* fact;
  std::vector<SheetRow> rows;
  const char* found;
};

Subject RightSubject() { return {"OVO002949", "app-1234", "PROD", Purpose::kEncrypt, 1}; }
LiveKey Live() {
  return {"11111111-1111-4111-8111-111111111111",
          "arn:aws:kms:eu-central-1:111122223333:key/11111111-1111-4111-8111-111111111111",
          "alias/ovo002949/app-1234/prod/encrypt",
          domain::KeySpec::kSymmetricDefault,
          false,
          3,
          Day("2026-01-01"),
          Day("2027-01-01")};
}

void Try(const World& world, const std::vector<Case>& cases) {
  for (const Case& one : cases)
    EXPECT_EQ(Shown(world.Check(one.rows).findings), one.found) << one.fact;
}

SheetRow Class4() {
  return With({{kConfidentiality, "4"}, {kSecurityOfficer, "sam@x.be"}, {kJustification, "why"}});
}

TEST(RequestRules, TellRightRowsFromWrongOnes) {
  Try({},
      {
          {"right", {RightRow()}, ""},
          {"in English",
           {With({{kAction, "new"}, {kPurpose, "Encrypt"}, {kPersonalData, "yes"}})},
           ""},
          {"form: missing", {With({{kOwner, ""}})}, "5 FORM owner"},
          {"form: all at once",
           {With({{kAction, "X"}, {kEntityCode, "OVO1"}, {kIntegrity, "6"}})},
           "5 FORM action; 5 FORM entity_code; 5 FORM integrity"},
          {"form: no such day", {With({{kExpiry, "30/02/2028"}})}, "5 FORM expiry"},
          {"V1: integrity counts", {With({{kConfidentiality, "1"}, {kIntegrity, "3"}})}, ""},
          {"V2", {With({{kConfidentiality, "2"}})}, "5 V4 confidentiality?; 5 V2 personal_data"},
          {"V2 special", {With({{kPersonalData, "BIJZONDER"}})}, "5 V2 personal_data"},
          {"V2 special, class 4", {With(Class4(), {{kPersonalData, "BIJZONDER"}})}, ""},
          {"V3 low",
           {With({{kEnvironment, "DEV"}, {kConfidentiality, "2"}, {kPersonalData, "NEEN"}})},
           "5 V3 environment"},
          {"V3 unjustified", {With({{kEnvironment, "T&I"}})}, "5 V3 justification"},
          {"V3 justified", {With({{kEnvironment, "T&I"}, {kJustification, "tests"}})}, ""},
          {"V4",
           {With({{kConfidentiality, "1"}, {kPersonalData, "NEEN"}})},
           "5 V4 confidentiality?"},
          {"V6 purpose", {With({{kKeySpec, "HMAC_256"}})}, "5 V6 key_spec"},
          {"V6 weak", {With({{kPurpose, "SIGN"}, {kKeySpec, "RSA_2048"}})}, "5 V6 key_spec"},
          {"V6 strong", {With({{kPurpose, "SIGN"}, {kKeySpec, "RSA_3072"}})}, ""},
          {"V6 weak in class 4",
           {With(Class4(), {{kPurpose, "SIGN"}, {kKeySpec, "RSA_3072"}})},
           "5 V6 key_spec"},
      });
}

TEST(RequestRules, TellRightPeopleAndTermsFromWrongOnes) {
  Try({},
      {
          {"V7 one", {With({{kAdministrators, "ann@x.be"}})}, "5 V7 administrators"},
          {"V7 one person twice",
           {With({{kAdministrators, "ann@x.be; ann+admin@x.be"}})},
           "5 V7 administrators"},
          {"V7 both, by another account", {With({{kUsers, "bob+app@x.be"}})}, "5 V7 users"},
          {"V7 both, class 2",
           {With({{kUsers, "bob@x.be"}, {kConfidentiality, "2"}, {kPersonalData, "NO"}})},
           "5 V4 confidentiality?"},
          {"V7 unknown", {With({{kUsers, "nobody@x.be"}})}, "5 V7 users"},
          {"V7 owner is officer",
           {With(Class4(), {{kSecurityOfficer, "olga@x.be"}})},
           "5 V7 security_officer"},
          {"V8 longest", {With({{kRotationDays, "730"}})}, ""},
          {"V8 too long", {With({{kRotationDays, "731"}})}, "5 V8 rotation_days"},
          {"V8 too short", {With({{kRotationDays, "89"}})}, "5 V8 rotation_days"},
          {"V8 of MAC", {With({{kRotationDays, "365"}, {kPurpose, "MAC"}})}, "5 V8 rotation_days"},
          {"V9 past", {With({{kActivation, "2026-11-26"}})}, "5 V9 activation"},
          {"V9 today", {With({{kActivation, "2026-11-27"}})}, ""},
          {"V9 none", {With({{kExpiry, ""}})}, "5 V9 expiry"},
          {"V9 not after", {With({{kExpiry, "2026-11-27"}})}, "5 V9 expiry"},
          {"V9 beyond", {With({{kExpiry, "2046-11-27"}})}, "5 V9 expiry"},
          {"V10 AWS", {With({{kAccountId, "12345678901"}})}, "5 V10 account_id"},
          {"V10 Azure", {With({{kPlatform, "AZURE"}})}, "5 V10 account_id"},
          {"V10 tenant",
           {With({{kPlatform, "AZURE"}, {kAccountId, "11111111-1111-4111-8111-111111111111"}})},
           ""},
          {"V10 on premises", {With({{kPlatform, "ON-PREM"}})}, "5 V10 account_id"},
          {"V14", {With({{kKeyArn, "arn:aws:kms:x"}})}, "5 V14 key_arn"},
          {"V14 after an earlier check", {With({{kStatus, "FOUT"}, {kError, "R5: ..."}})}, ""},
          {"needed", {With({{kChangeNumber, ""}})}, "5 FORM change_number"},
      });
}

TEST(RequestRules, AllowOneLiveKeyForEachPurpose) {
  World world;
  Try(world,
      {
          {"twice",
           {RightRow(5), With(RightRow(6), {{kApplicationId, "app-1234"}})},
           "5 V5 purpose; 6 V5 purpose"},
          {"another purpose", {RightRow(5), With(RightRow(6), {{kPurpose, "MAC"}})}, ""},
          {"second without first",
           {With({{kPurpose, "ENCRYPT-02"}, {kJustification, "why"}})},
           "5 V5 purpose"},
          {"second with first",
           {RightRow(5), With(RightRow(6), {{kPurpose, "ENCRYPT-02"}, {kJustification, "why"}})},
           ""},
          {"nothing to change", {With({{kAction, "WIJZIG"}})}, "5 V5 purpose"},
      });
  world.keys.live[RightSubject()] = Live();
  Try(world,
      {
          {"live", {RightRow()}, "5 V5 purpose"},
          {"second", {With({{kPurpose, "ENCRYPT-02"}, {kJustification, "why"}})}, ""},
          {"second unjustified", {With({{kPurpose, "ENCRYPT-02"}})}, "5 V5 justification"},
          {"change", {With({{kAction, "WIJZIG"}})}, ""},
          {"change of spec",
           {With({{kAction, "WIJZIG"}, {kKeySpec, "RSA_4096"}})},
           "5 V6 key_spec"},
          {"change of custody",
           {With({{kAction, "WIJZIG"}, {kHsmResident, "JA"}})},
           "5 V6 hsm_resident"},
          {"rotate", {With({{kAction, "ROTATE"}, {kExpiry, ""}})}, ""},
          {"revoke", {With({{kAction, "INTREKKEN"}, {kExpiry, ""}})}, ""},
          {"revoke another", {With({{kAction, "INTREKKEN"}, {kKeyId, "other"}})}, "5 V5 key_id"},
      });
  world.keys.live[RightSubject()].spec = domain::KeySpec::kRsa3072;
  Try(world, {{"rotate RSA", {With({{kAction, "ROTATE"}})}, "5 V5 action"}});
}

TEST(RequestRules, RouteWhatIsNotOfTheRequestersEntity) {
  World world;
  EXPECT_EQ(Shown(world.Check({RightRow()}, "stranger").findings), "5 V11 entity_code?");
  world.people.approvers = false;
  EXPECT_EQ(world.Check({RightRow()}).accepted.at(0).route, Route::kCentral);
}

TEST(RequestRules, BlockTheFileOrOnlyTheRowThatFails) {
  World world;
  const std::vector<SheetRow> rows = {With({{kExpiry, ""}}),
                                      With(RightRow(6), {{kPurpose, "MAC"}})};
  EXPECT_TRUE(world.Check(rows).accepted.empty());
  world.mode = Mode::kPartial;
  const auto checked = world.Check(rows);
  ASSERT_EQ(checked.accepted.size(), 1U);
  EXPECT_EQ(checked.accepted[0].row.number, 6);
}

TEST(RequestRules, GiveTheFirstResultForTheSameFile) {
  World world;
  world.keys.files[crypto::Sha256(AsBytes("file"))] = "R1";
  const auto checked = world.Check({RightRow()});
  EXPECT_EQ(checked.earlier_request, "R1");
  EXPECT_TRUE(checked.accepted.empty());
}

TEST(RequestMessages, ReadInBothLanguages) {
  const auto findings = World().Check({With({{kPersonalData, "BIJZONDER"}})}).findings;
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].In(Language::kNl).starts_with("Bijzondere categorieën"));
  EXPECT_NE(findings[0].In(Language::kEn).find("at least class 4; this row has class 3"),
            std::string::npos);
}

}  // namespace
}  // namespace kmaas::keyservice
