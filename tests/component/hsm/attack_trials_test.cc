// Goal: the trials that `kmaas init` makes find every weakness that they look for, and a token that
// answers with anything but a refusal has not withstood them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "hsm/attack_trials.h"
#include "tests/component/hsm/attack_bench.h"
#include "tests/component/hsm/module_hook.h"

namespace kmaas::hsm {
namespace {

using testing::ElementsAre;

class AttackTrials : public AttackBench {
 protected:
  // The rows in which an attack succeeded.
  std::set<int> Succeeding(ObjectHandle root, ObjectHandle sign_root = {}) const {
    std::set<int> rows;
    for (const AttackOutcome& outcome :
         TryAttacks(session(), {root, CKM_AES_KEY_WRAP_PAD, {root}, sign_root}))
      if (!outcome.withstood) rows.insert(outcome.row);
    return rows;
  }
};

TEST_F(AttackTrials, FindNothingOnTheCeremonysRoot) {
  const auto outcomes = TryAttacks(session(), {Root(), CKM_AES_KEY_WRAP_PAD, {Root()}});
  EXPECT_GE(outcomes.size(), 14U);
  EXPECT_EQ(Succeeding(Root()), std::set<int>());
}

TEST_F(AttackTrials, FindEveryWeaknessOfABadRoot) {
  EXPECT_THAT(Succeeding(WeakRoot()), ElementsAre(3, 4, 5, 6, 8, 9, 12));
}

TEST_F(AttackTrials, FindAModifiableRoot) {
  EXPECT_THAT(Succeeding(ModifiableRoot()), ElementsAre(6));
}

TEST_F(AttackTrials, FindNothingOnTheCeremonysRootOfSigningKeys) {
  const auto outcomes =
      TryAttacks(session(), {Root(), CKM_AES_KEY_WRAP_PAD, {Root()}, Root(RootClass::kSign)});
  EXPECT_GE(outcomes.size(), 24U);
  EXPECT_EQ(Succeeding(Root(), Root(RootClass::kSign)), std::set<int>());
}

TEST_F(AttackTrials, FindEveryWeaknessOfABadRootOfSigningKeys) {
  EXPECT_THAT(Succeeding(Root(), WeakRoot()), ElementsAre(3, 4, 9, 15));
}

TEST_F(AttackTrials, FindARootThatGuardsTwoUsages) {
  EXPECT_THAT(Succeeding(Root(), Root(RootClass::kDecrypt)), ElementsAre(0));
}

TEST_F(AttackTrials, TakeAnErrorForNoRefusal) {
  const ModuleHook<&CK_FUNCTION_LIST::C_DeriveKey> derive(
      module_path(), [](auto, auto...) -> CK_RV { return CKR_GENERAL_ERROR; });
  EXPECT_THAT(Succeeding(Root()), ElementsAre(10));
}

TEST_F(AttackTrials, TakeARootThatDoesNotWorkForAWeakOne) {
  const ModuleHook<&CK_FUNCTION_LIST::C_UnwrapKey> unwrap(
      module_path(), [](auto, auto...) -> CK_RV { return CKR_TEMPLATE_INCONSISTENT; });
  EXPECT_THAT(Succeeding(Root()), ElementsAre(0));
}

}  // namespace
}  // namespace kmaas::hsm
