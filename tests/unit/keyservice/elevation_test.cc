#include "keyservice/elevation/elevation.h"

#include "keyservice/elevation/two_person.h"
#include "keyservice/reminders/reminder.h"
#include "tests/unit/keyservice/keyservice_fixture.h"

namespace kmaas::keyservice {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const WallTime kNow = WallTime(kToday) + hours(12);  // a Friday
const Mfa kFresh{MfaStrength::kHardware, kNow - minutes(1)};

const std::vector<Eligibility> kEligible = {
    {"kim", Role::kKeyManager, "OVO002949", "acc", kNow - hours(25), kNow + hours(99)},
    {"pat", Role::kApprover, "OVO002949", "acc", kNow - hours(25), kNow + hours(99)},
    {"new", Role::kKeyManager, "OVO002949", "pat", kNow - hours(23), kNow + hours(99)}};
const ElevationRules& Rules() {
  static const ElevationRules rules{Shipped(), kEligible, kNow};
  return rules;
}

Elevation Wanted(const std::string& person = "kim") {
  Elevation elevation;
  elevation.id = "E1";
  elevation.person = person;
  elevation.scope = {"OVO002949", 4};
  elevation.reason = "rotate the key of the desk";
  elevation.change_number = "CHG1";
  elevation.requested = elevation.approved = kNow - minutes(5);
  return elevation;
}
Elevation Approved() {
  Elevation elevation = Wanted();
  elevation.state = ElevationState::kApproved;
  return elevation;
}

TEST(ElevationRequest, NeedsEligibilityReasonChangeNumberAndATimeWithinTheClass) {
  EXPECT_TRUE(MayRequest(Wanted(), Rules()).has_value());
  EXPECT_EQ(MayRequest(Wanted("pat"), Rules()).error().code, ErrorCode::kAccessDenied);
  Elevation wrong = Wanted();
  wrong.reason = "because I can";
  EXPECT_FALSE(MayRequest(wrong, Rules()).has_value());
  wrong = Wanted();
  wrong.change_number.clear();
  EXPECT_FALSE(MayRequest(wrong, Rules()).has_value());
  wrong = Wanted();
  wrong.span = minutes(121);
  EXPECT_FALSE(MayRequest(wrong, Rules()).has_value());
  wrong = Wanted();
  wrong.scope.entity_code = "OVO000001";
  EXPECT_FALSE(MayRequest(wrong, Rules()).has_value());
}

TEST(ElevationApprovalGiven, IsAnothersFreshAndNeverLonger) {
  EXPECT_EQ(Approve(Wanted(), {"pat", kFresh, minutes(30)}, Rules())->span, minutes(30));
  EXPECT_FALSE(Approve(Wanted(), {"pat", kFresh, minutes(61)}, Rules()).has_value());
  EXPECT_FALSE(Approve(Wanted(), {"kim", kFresh}, Rules()).has_value());
  EXPECT_FALSE(Approve(Wanted(), {"stranger", kFresh}, Rules()).has_value());
  EXPECT_FALSE(Approve(Wanted("new"), {"pat", kFresh}, Rules()).has_value());
  EXPECT_FALSE(Approve(Wanted(), {"pat", std::nullopt}, Rules()).has_value());
  Elevation old = Wanted();
  old.requested = kNow - kElevationRequestLife;
  EXPECT_FALSE(Approve(old, {"pat", kFresh}, Rules()).has_value());
}

TEST(ElevationActivation, NeedsAFreshFactorAndNoOtherElevation) {
  const auto active = Activate(Approved(), kFresh, Rules(), 0);
  ASSERT_TRUE(active.has_value());
  EXPECT_FALSE(HasRunOut(*active, kNow + minutes(59)));
  EXPECT_TRUE(HasRunOut(*active, kNow + minutes(60)));
  EXPECT_EQ(SessionTags(*active).at(1).second, "key-manager");
  EXPECT_TRUE(SessionTags(Approved()).empty());
  EXPECT_FALSE(Activate(Approved(), kFresh, Rules(), 1).has_value());
  EXPECT_FALSE(Activate(Wanted(), kFresh, Rules(), 0).has_value());
  EXPECT_FALSE(Activate(Approved(), Mfa{MfaStrength::kTotp, kNow}, Rules(), 0).has_value());
  EXPECT_FALSE(Activate(Approved(), Mfa{MfaStrength::kHardware, kNow - minutes(11)}, Rules(), 0)
                   .has_value());
}

TEST(BreakGlassAccess, IsShortAlarmedAndReviewedByAnotherWithinAWorkingDay) {
  auto open = BreakGlass(Wanted(), kFresh, kNow);
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(open->span, minutes(30));
  open->state = ElevationState::kEnded;
  open->ended = kNow;
  EXPECT_EQ(ReviewDue(*open), kNow + hours(72));  // Monday
  EXPECT_FALSE(Review(*open, "kim").has_value());
  EXPECT_TRUE(Review(*open, "pat").has_value());
  Elevation auditor = Wanted();
  auditor.role = Role::kAuditor;
  EXPECT_FALSE(BreakGlass(auditor, kFresh, kNow).has_value());
}

TEST(ElevationStates, AreLeftByTheEventsOfTheTableOnly) {
  std::string table;
  for (std::size_t s = 0; s < domain::kCount<ElevationState>; ++s) {
    for (std::size_t e = 0; e < domain::kCount<ElevationEvent>; ++e) {
      const auto next = After(static_cast<ElevationState>(s), static_cast<ElevationEvent>(e));
      table += next ? ToText(*next).substr(0, 2) : "-";
    }
    table += '\n';
  }
  EXPECT_EQ(table, "APDELA-LADE-\n-DELAACLADE-\n--EN-ENEN-\n------RE\n-------\n-------\n-------\n");
}

TEST(RolesOfAPerson, ExcludeEachOther) {
  EXPECT_TRUE(MayHold({}, Role::kAuditor).has_value());
  EXPECT_TRUE(MayHold({Role::kAuditor}, Role::kAuditor).has_value());
  EXPECT_FALSE(MayHold({Role::kKeyManager}, Role::kApprover).has_value());
}

TEST(TwoPersonOperation, NeedsConsentOfOthersToExactlyIt) {
  ExactOperation operation{"kim", "kms:ScheduleKeyDeletion", "arn:key", {7}, "n"};
  const Consent good{HashOf(operation), "pat", kFresh, kNow, kNow + hours(1)};
  const ConsentQuestion question{operation, Sensitive::kScheduleKeyDeletion, 3, kNow};
  EXPECT_TRUE(CheckConsents(question, {good}, Shipped()).has_value());
  Consent own = good;
  own.person = "kim";
  EXPECT_FALSE(CheckConsents(question, {own}, Shipped()).has_value());
  EXPECT_FALSE(
      CheckConsents({operation, question.kind, 4, kNow}, {good, good}, Shipped()).has_value());
  operation.parameters = {8};
  EXPECT_FALSE(CheckConsents(question, {good}, Shipped()).has_value());
}

TEST(RemindersOfKeys, AreTheNearestOfExpiryAndTheReview) {
  const std::vector<KeyDates> keys = {
      {"a", 3, kToday, kToday + std::chrono::days(30), {}},
      {"b", 3, kToday, kToday + std::chrono::days(7), {}},
      {"c", 3, kToday, kToday, {}},
      {"d", 5, kToday - std::chrono::days(91), {}, {}},
      {"e", 5, kToday - std::chrono::days(400), {}, kToday - std::chrono::days(90)},
      {"f", 3, kToday, kToday + std::chrono::days(31), {}}};
  std::string shown;
  for (const Reminder& one : DueOn(kToday, keys, Shipped())) {
    shown += one.key_id + " " + std::string(ToText(one.kind)) + "; ";
  }
  EXPECT_EQ(shown, "a expires-in-a-month; b expires-in-a-week; c expired; d access-review; ");
}

}  // namespace
}  // namespace kmaas::keyservice
