#include <gtest/gtest.h>

#include <thread>

#include "tests/component/policy_oracle/comparison.h"

namespace kmaas::policy_oracle {
namespace {

TEST(PolicyOracle, AgreesWithTheEngineAndSeesEveryOutcomeOften) {
  const Outcomes outcomes = Compare(
      {.decisions = KMAAS_ORACLE_DECISIONS, .threads = std::thread::hardware_concurrency()});
  ASSERT_FALSE(outcomes.first_world) << outcomes.report;
  EXPECT_GE(outcomes.decisions, KMAAS_ORACLE_DECISIONS);
  for (int i = 0; i < kVerdicts; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    EXPECT_GE(outcomes.Share(verdict), 0.08) << NameOf(verdict);
  }
}

// Each rule that the oracle knows, by name.
#define KM_RULE(name) \
  RuleName { #name, &Rules::name }
struct RuleName {
  const char* name;
  bool Rules::*rule;
};
void PrintTo(const RuleName& rule, std::ostream* out) { *out << rule.name; }

const RuleName kRules[] = {
    KM_RULE(deny_wins),
    KM_RULE(account_only_delegates),
    KM_RULE(role_match_is_narrowed),
    KM_RULE(exact_match_is_not_narrowed),
    KM_RULE(foreign_account_needs_identity),
    KM_RULE(boundary_narrows),
    KM_RULE(session_narrows),
    KM_RULE(deny_spares_only_whole_lists),
    KM_RULE(grants_add),
    KM_RULE(grants_name_operations),
    KM_RULE(grant_constraints_count),
    KM_RULE(absent_key_fails),
    KM_RULE(absent_key_satisfies_negated),
    KM_RULE(for_all_holds_of_nothing),
    KM_RULE(for_any_fails_of_nothing),
    KM_RULE(if_exists_forgives),
    KM_RULE(negated_means_none),
    KM_RULE(values_of_variables_are_literal),
    KM_RULE(variables_need_version_2012),
    KM_RULE(actions_ignore_case),
    KM_RULE(arns_match_by_part),
    KM_RULE(statement_needs_all_tests),
};
#undef KM_RULE

class PolicyOracleRule : public testing::TestWithParam<RuleName> {};

// A comparison that cannot fail proves nothing: with a rule broken on one side it has to.
TEST_P(PolicyOracleRule, IsMissedWhenItIsBroken) {
  Trial trial{.decisions = 200'000, .seed = 2};
  trial.rules.*(GetParam().rule) = false;
  const Outcomes outcomes = Compare(trial);
  EXPECT_TRUE(outcomes.first_world) << outcomes.decisions << " decisions did not show it";
}

INSTANTIATE_TEST_SUITE_P(Each, PolicyOracleRule, testing::ValuesIn(kRules),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(PolicyOracle, NoticesAnEngineThatHearsAnotherAction) {
  const Outcomes outcomes = Compare({.decisions = 200'000, .perturb = [](Ask ask) {
                                       if (ask.action == "kms:Encrypt") ask.action = "kms:Decrypt";
                                       return ask;
                                     }});
  EXPECT_TRUE(outcomes.first_world);
}

TEST(PolicyOracle, NoticesAnEngineThatMissesOneKeyOfTheContext) {
  const Outcomes outcomes = Compare({.decisions = 200'000, .perturb = [](Ask ask) {
                                       ask.context.erase("aws:sourceip");
                                       return ask;
                                     }});
  EXPECT_TRUE(outcomes.first_world);
}

TEST(PolicyOracle, ReportsADisagreementWithoutWhatHasNothingToDoWithIt) {
  Trial trial{.decisions = 200'000, .seed = 3};
  trial.rules.deny_wins = false;
  const Outcomes outcomes = Compare(trial);
  ASSERT_TRUE(outcomes.first_world);
  // The statement that allows and the one that denies.
  std::size_t statements = 0;
  for (std::size_t at = 0; (at = outcomes.report.find("\"Effect\"", at)) != std::string::npos; ++at)
    ++statements;
  EXPECT_LE(statements, 3U) << outcomes.report;
}

}  // namespace
}  // namespace kmaas::policy_oracle
