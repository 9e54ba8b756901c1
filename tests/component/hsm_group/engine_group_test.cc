// Goal: whatever happens to one of two tokens with the same keys, callers get right answers; a
// token with other keys is let in never.
#include "hsm/engine_group.h"

#include <gtest/gtest.h>

#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <cstdio>

#include "crypto/aead.h"
#include "tests/component/hsm_group/group_world.h"

namespace {

bool asks_for_roots = true;  // false: a planted bug

}  // namespace

// The linker puts this in the place of RootChallenge::Ask.
extern "C" kmaas::Result<void> ask_of_challenge(
    const kmaas::hsm::RootChallenge* challenge, kmaas::hsm::Engine& other,
    kmaas::Deadline
        deadline) asm("__real__ZNK5kmaas3hsm13RootChallenge3AskERNS0_6EngineENS_8DeadlineE");
extern "C" kmaas::Result<void> wrapped_ask(
    const kmaas::hsm::RootChallenge* challenge, kmaas::hsm::Engine& other,
    kmaas::Deadline
        deadline) asm("__wrap__ZNK5kmaas3hsm13RootChallenge3AskERNS0_6EngineENS_8DeadlineE");
kmaas::Result<void> wrapped_ask(const kmaas::hsm::RootChallenge* challenge,
                                kmaas::hsm::Engine& other, kmaas::Deadline deadline) {
  if (!asks_for_roots) return {};
  return ask_of_challenge(challenge, other, deadline);
}

namespace kmaas::hsm {
namespace {

using shim::Fault;
using shim::Function;

class Group : public testing::Test {
 protected:
  static GroupWorld& world() {
    static GroupWorld world;
    return world;
  }
  Group() {
    asks_for_roots = true;
    for (Place* place : {&world().a(), &world().b()}) (void)place->plan->End();
  }
  ~Group() override {
    for (Place* place : {&world().a(), &world().b()}) (void)place->plan->End();
  }
  std::unique_ptr<EngineGroup> Open(Spread spread = Spread::kFirst) {
    auto group = world().Open({&world().a(), &world().b()}, spread);
    EXPECT_TRUE(group) << group.error().message;
    if (!group) std::abort();
    return *std::move(group);
  }
  static void TakeAway(Place& place) {
    place.plan->Begin({Function::kEvery, Fault::kRefusal, CKR_DEVICE_REMOVED});
  }
  static Deadline Never() { return Deadline::Never(); }
};

TEST_F(Group, AnswersAlikeFromEitherMember) {
  const auto group = Open();
  Script script(*group);
  EXPECT_EQ(script.Use(*group), "");
  TakeAway(world().a());
  EXPECT_EQ(script.Use(*group), "");
  EXPECT_FALSE(IsUp(*group, "a"));
  EXPECT_TRUE(group->IsDegraded());
  (void)world().a().plan->End();
  ASSERT_TRUE(group->CheckHealth(Never()));
  EXPECT_TRUE(IsUp(*group, "a"));
  TakeAway(world().b());
  EXPECT_EQ(script.Use(*group), "");
}

TEST_F(Group, DoesNotCallAMemberThatIsAway) {
  const auto group = Open();
  Script script(*group);
  TakeAway(world().a());
  EXPECT_EQ(script.Use(*group), "");
  const std::uint64_t injected = world().a().plan->injected();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(script.Use(*group), "");
  EXPECT_EQ(world().a().plan->injected(), injected);
}

// One failing call at the first member, at each place in the script.
TEST_F(Group, HidesAFailureOfAnyCallOfTheFirstMember) {
  const auto group = Open();
  Script script(*group);
  for (const CK_RV code : {CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED}) {
    std::uint64_t number = 0;
    for (bool hit = true; hit;) {
      ++number;
      world().a().plan->Begin({Function::kEvery, Fault::kRefusal, code, number, number});
      EXPECT_EQ(script.Use(*group), "") << "call " << number;
      hit = world().a().plan->End() > 0;
      // A look may be too early for the module, or find what the failure left.
      for (int looks = 0; looks < 5 && !IsUp(*group, "a"); ++looks)
        (void)group->CheckHealth(Never());
      ASSERT_TRUE(IsUp(*group, "a")) << "call " << number;
    }
    EXPECT_GT(number, 20U);
    std::printf("each of %d calls of the first member failed once: 0 failures seen\n",
                static_cast<int>(number - 1));
  }
}

TEST_F(Group, NamesTheStrangerThatItRefuses) {
  const auto refused = world().Open({&world().a(), &world().stranger()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(refused.error().message,
            "hsm.tokens: \"stranger\": The token has another integrity key than the other tokens.");
}

TEST_F(Group, ThatDidNotAskForRootsWouldBeFoundToAnswerWrong) {
  asks_for_roots = false;
  auto planted = world().Open({&world().a(), &world().stranger()});
  ASSERT_TRUE(planted) << planted.error().message;
  Script script(**planted);
  TakeAway(world().a());
  EXPECT_NE(script.Use(**planted), "");
}

TEST_F(Group, MakesAResidentKeyOnceThoughItsAnswerIsLost) {
  const auto group = Open();
  ports::MaterialPlan plan{.custody = domain::Custody::kResident};
  crypto::ProcessRandom(plan.id.bits);
  world().a().plan->Begin({Function::C_GenerateKey, Fault::kLostAnswer, CKR_DEVICE_REMOVED, 1, 1});
  EXPECT_EQ(group->GenerateMaterial(plan, Never()).error().code, ErrorCode::kKeyUnavailable);
  EXPECT_EQ(group->group_counters().not_repeated, 1U);
  (void)world().a().plan->End();
  ASSERT_TRUE(group->CheckHealth(Never()));
  const auto holders = group->HoldersOf(ports::MaterialOf(plan, {}), Never());
  EXPECT_EQ(std::count(holders.names.begin(), holders.names.end(), "b"), 0);
}

TEST_F(Group, SaysWhichMemberHasAResidentKey) {
  const auto group = Open(Spread::kByKey);
  ports::MaterialPlan plan{.custody = domain::Custody::kResident};
  crypto::ProcessRandom(plan.id.bits);
  const domain::KeyMaterial key = Made(*group, plan);
  const auto holders = group->HoldersOf(key, Never());
  ASSERT_EQ(holders.names.size(), 1U);
  const bool in_a = holders.names[0] == "a";
  EXPECT_EQ(holders.serials[0], in_a ? world().a().serial : world().b().serial);
  TakeAway(in_a ? world().b() : world().a());
  EXPECT_TRUE(group->DeriveMessageKey(key, AsBytes("input"), Never()));
  (void)(in_a ? world().b() : world().a()).plan->End();
  TakeAway(in_a ? world().a() : world().b());
  const auto away = group->DeriveMessageKey(key, AsBytes("input"), Never());
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, ErrorCode::kKeyUnavailable);
  EXPECT_NE(away.error().detail.find("in HSMs that are away: " + holders.names[0]),
            std::string::npos)
      << away.error().detail;
  EXPECT_FALSE(group->DestroyMaterial(key, Never()));
}

TEST_F(Group, TriesARefusedPinOnce) {
  Place& b = world().b();
  const std::string pin = std::exchange(b.pin, "not-the-pin");
  const std::uint64_t before = b.plan->calls(Function::C_Login);
  const auto group = Open();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(group->CheckHealth(Never()));
  EXPECT_EQ(b.plan->calls(Function::C_Login) - before, 1U);
  EXPECT_FALSE(IsUp(*group, "b"));
  b.pin = pin;
}

TEST_F(Group, OpensWithTheMemberThatIsThereAndTakesTheOtherWhenItComes) {
  TakeAway(world().a());
  const auto group = Open();
  EXPECT_FALSE(IsUp(*group, "a"));
  Script script(*group);
  EXPECT_EQ(script.Use(*group), "");
  (void)world().a().plan->End();
  ASSERT_TRUE(group->CheckHealth(Never()));
  EXPECT_TRUE(IsUp(*group, "a"));
  TakeAway(world().b());
  EXPECT_EQ(script.Use(*group), "");
}

TEST_F(Group, SaysWhatIsAwayWhenNoneIsThere) {
  const auto group = Open();
  Script script(*group);
  TakeAway(world().a());
  TakeAway(world().b());
  (void)script.Use(*group);
  Bytes random(16);
  const auto refused = group->GenerateRandom(random, Never());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDependencyTimeout);
  EXPECT_NE(refused.error().detail.find("away: a, b"), std::string::npos);
  EXPECT_FALSE(group->CheckHealth(Never()));
  (void)world().a().plan->End();
  (void)world().b().plan->End();
  ASSERT_TRUE(group->CheckHealth(Never()));
  EXPECT_EQ(script.Use(*group), "");
}

TEST_F(Group, TakesNewRootsInAllTokensOrInNone) {
  world().AddRoots();
  const auto group = Open();
  const auto found = group->roots().Find(Never());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, (std::vector<std::uint32_t>{1, 2}));
  const auto root_of_new = [&](Place& away) {
    TakeAway(away);
    ports::MaterialPlan plan;
    crypto::ProcessRandom(plan.id.bits);
    const auto root = Made(*group, plan).root_generation;
    (void)away.plan->End();
    EXPECT_TRUE(group->CheckHealth(Never()));
    return root;
  };
  for (std::uint64_t number = 1, failures = 0;; ++number) {
    world().b().plan->Begin(
        {Function::kEvery, Fault::kRefusal, CKR_FUNCTION_FAILED, number, number});
    const auto wraps = group->roots().WrapWith(2, Never());
    const bool hit = world().b().plan->End() > 0;
    if (!hit) {
      EXPECT_TRUE(wraps);
      EXPECT_GT(failures, 0U);
      break;
    }
    const std::uint32_t expected = wraps ? 2 : 1;
    failures += wraps ? 0 : 1;
    EXPECT_TRUE(group->CheckHealth(Never()));
    EXPECT_EQ(root_of_new(world().a()), expected) << "call " << number;
    EXPECT_EQ(root_of_new(world().b()), expected) << "call " << number;
    ASSERT_TRUE(group->roots().WrapWith(1, Never()));
  }
  EXPECT_EQ(root_of_new(world().a()), 2U);
  EXPECT_EQ(root_of_new(world().b()), 2U);
}

TEST_F(Group, TakesNoRootsThatNoTokenHas) {
  const auto group = Open();
  const auto refused = group->roots().WrapWith(9, Never());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  ASSERT_FALSE(group->roots().Prove(9, Never()));
  EXPECT_EQ(group->roots().Prove(9, Never()).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kmaas::hsm
