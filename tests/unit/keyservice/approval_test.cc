#include "keyservice/approval/request_state.h"
#include "policy/policy.h"
#include "tests/unit/keyservice/keyservice_fixture.h"

namespace kmaas::keyservice {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const WallTime kNow = WallTime(kToday) + hours(12);

Content Planned(const std::vector<SheetRow>& rows) {
  Content content{"R1", "ria", Mode::kAllOrNothing, 1, Shipped().digest, {}};
  for (const LookedUp& row : World().Check(rows).accepted) {
    content.plans.push_back(PlanKey({row, Shipped(), "R1", "999988887777", kToday}).value());
  }
  return content;
}
SheetRow Class5() {
  using enum Column;
  return With({{kConfidentiality, "5"},
               {kEnvironment, "DEV"},
               {kSecurityOfficer, "sam@x.be"},
               {kJustification, "why"}});
}

class EverybodyApproves final : public ApproverSource {
 public:
  Result<std::optional<Approver>> FindApprover(std::string_view person) const override {
    if (person == "stranger") return std::optional<Approver>();
    if (person == "elsewhere") return std::optional(Approver{{"OVO000001"}, false});
    if (person == "central") return std::optional(Approver{{}, true});
    return std::optional(Approver{{"OVO002949"}, false});
  }
};

Approval By(const Content& content, const std::string& person) {
  return {
      HashOf(content), "R1", person, person, Mfa{MfaStrength::kHardware, kNow - minutes(1)}, kNow,
      kNow + hours(24)};
}
Verdict Judged(const Content& content, const std::vector<Approval>& approvals,
               WallTime now = kNow) {
  return WouldBeApproved({content, Shipped(), approvals, now}, EverybodyApproves()).value();
}

TEST(RequestContent, IsTheSameInAnyOrder) {
  const auto other = With(RightRow(6), {{Column::kPurpose, "MAC"}});
  const auto turned = With({{Column::kAdministrators, "bob@x.be;ann@x.be"}});
  EXPECT_EQ(HashOf(Planned({RightRow(), other})), HashOf(Planned({other, turned})));
}

TEST(RequestContent, IsAnotherOneForEachChange) {
  const Content content = Planned({RightRow()});
  const auto hash = HashOf(content);
  const auto changes = {+[](Content& c) { c.request_id += "x"; },
                        +[](Content& c) { c.requester = "x"; },
                        +[](Content& c) { c.mode = Mode::kPartial; },
                        +[](Content& c) { ++c.table_serial; },
                        +[](Content& c) { c.table_digest.fill(9); },
                        +[](Content& c) { c.plans[0].alias += "x"; },
                        +[](Content& c) { c.plans[0].policy[9] = '?'; },
                        +[](Content& c) { c.plans[0].tags.pop_back(); },
                        +[](Content& c) { c.plans[0].rotation_days.reset(); },
                        +[](Content& c) { c.plans[0].expiry.reset(); },
                        +[](Content& c) { c.plans.clear(); },
                        +[](Content& c) { c.plans[0].custody = KeyCustody::kResident; },
                        +[](Content& c) { c.plans[0].deletion_wait_days = 7; },
                        +[](Content& c) { c.plans[0].route = Route::kCentral; },
                        +[](Content& c) { c.plans[0].particulars[4].second = "999999999999"; },
                        +[](Content& c) { c.plans[0].owners.clear(); }};
  for (const auto change : changes) {
    Content changed = content;
    change(changed);
    EXPECT_NE(HashOf(changed), hash);
  }
}

TEST(RequestApproval, CountsOnlyWhatIsBoundFreshAndAnothers) {
  const Content content = Planned({RightRow()});
  const struct {
    const char* reason;
    void (*change)(Approval&);
  } cases[] = {
      {"other-content", [](Approval& a) { a.content.fill(9); }},
      {"other-request", [](Approval& a) { a.request_id = "R2"; }},
      {"own-request", [](Approval& a) { a.person = "ria"; }},
      {"owner", [](Approval& a) { a.person = "olga"; }},
      {"no-approver", [](Approval& a) { a.person = "stranger"; }},
      {"no-approver", [](Approval& a) { a.person = "elsewhere"; }},
      {"no-mfa", [](Approval& a) { a.mfa.reset(); }},
      {"no-mfa", [](Approval& a) { a.mfa->at = kNow + minutes(1); }},
      {"mfa-too-weak", [](Approval& a) { a.mfa->strength = MfaStrength::kAny; }},
      {"mfa-too-old", [](Approval& a) { a.mfa->at = kNow - minutes(16); }},
      {"expired", [](Approval& a) { a.expires = kNow; }},
      {"from-the-future", [](Approval& a) { a.given = kNow + minutes(1); }},
  };
  EXPECT_TRUE(Judged(content, {By(content, "pat")}).approved);
  for (const auto& one : cases) {
    Approval approval = By(content, "pat");
    one.change(approval);
    const Verdict verdict = Judged(content, {approval});
    EXPECT_FALSE(verdict.approved) << one.reason;
    ASSERT_EQ(verdict.not_counted.size(), 1U);
    EXPECT_EQ(ToText(verdict.not_counted[0].second), one.reason);
  }
  EXPECT_FALSE(Judged(content, {By(content, "pat")}, kNow + hours(24)).approved);
}

TEST(RequestApproval, IsByCentralKeyManagersWhereTheEntityHasNoApprovers) {
  Content content = Planned({RightRow()});
  EXPECT_FALSE(Judged(content, {By(content, "central")}).approved);
  content.plans[0].route = Route::kCentral;
  EXPECT_TRUE(Judged(content, {By(content, "central")}).approved);
}

TEST(RequestPlan, ActivatesOnTheDayOfSubmissionWhereNoDayIsNamed) {
  const auto row = World().Check({RightRow()}).accepted.at(0);
  const PlanQuestion question{row, Shipped(), "R1", "999988887777", Day("2026-11-20")};
  EXPECT_EQ(PlanKey(question).value().activation, Day("2026-11-20"));
}

TEST(RequestApproval, OfAnExceptionIsByTwoOneOfThemTheOfficer) {
  const Content content = Planned({Class5()});
  ASSERT_EQ(content.plans.size(), 1U);
  Approval second_account = By(content, "pat");
  second_account.account = "pat-admin";
  EXPECT_FALSE(Judged(content, {By(content, "pat"), second_account}).approved);
  EXPECT_TRUE(Judged(content, {By(content, "pat"), By(content, "kim")}).officer_missing);
  EXPECT_TRUE(Judged(content, {By(content, "pat"), By(content, "sam")}).approved);
}

TEST(RequestStates, AreLeftByTheEventsOfTheTableOnly) {
  std::string table;
  for (std::size_t s = 0; s < domain::kCount<RequestState>; ++s) {
    for (std::size_t e = 0; e < domain::kCount<RequestEvent>; ++e) {
      const auto next = After(static_cast<RequestState>(s), static_cast<RequestEvent>(e));
      table += next ? ToText(*next).substr(0, 2) : "-";
    }
    table += '\n';
  }
  EXPECT_EQ(table,
            "WARE---LAWI---\n-REAPREWALAWI---\n-RE-REWALAWIMA--\n--------APMA\n"
            "----------\n----------\n----------\n----------\n");
}

TEST(KeyPlanOfARow, NamesPolicyAliasTagsAndTerms) {
  const KeyPlan plan = Planned({RightRow()}).plans.at(0);
  EXPECT_EQ(plan.alias, "alias/ovo002949/app-1234/prod/encrypt");
  EXPECT_EQ(plan.rotation_days, 365U);
  EXPECT_EQ(plan.deletion_wait_days, 30U);
  EXPECT_EQ(plan.tags.size(), 9U);
  EXPECT_TRUE(policy::Policy::Compile(plan.policy, policy::PolicyKind::kKey).has_value());
  EXPECT_EQ(plan.policy, Planned({RightRow(9)}).plans.at(0).policy);
  EXPECT_NE(plan.policy.find(R"("aws:PrincipalTag/kmaas-elevation-entity":"OVO002949")"),
            std::string::npos);
  EXPECT_EQ(Planned({Class5()}).plans.at(0).custody, KeyCustody::kResident);
}

}  // namespace
}  // namespace kmaas::keyservice
