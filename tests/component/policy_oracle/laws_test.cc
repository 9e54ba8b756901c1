#include <gtest/gtest.h>

#include "tests/component/policy_oracle/comparison.h"
#include "tests/component/policy_oracle/engine.h"
#include "tests/component/policy_oracle/generator.h"

// What must hold whatever the policies say, asked of the engine alone.
namespace kmaas::policy_oracle {
namespace {

constexpr std::uint64_t kWorlds = 2000;
constexpr std::uint64_t kSeed = 11;

// All policies of a world that a statement can be added to.
std::vector<PolicyText*> Policies(World& world) {
  std::vector<PolicyText*> policies;
  if (world.kind != World::Kind::kNothing) policies.push_back(&world.resource_policy);
  for (auto& policy : world.identity) policies.push_back(&policy);
  if (world.boundary) policies.push_back(&*world.boundary);
  for (auto& policy : world.session) policies.push_back(&policy);
  return policies;
}

// The world with one statement more, somewhere.
World WithStatement(Generator& generator, World world, bool allow) {
  const auto policies = Policies(world);
  if (policies.empty()) return world;
  PolicyText* policy = policies[generator.Below(policies.size())];
  const bool of_resource = world.kind != World::Kind::kNothing && policy == &world.resource_policy;
  Statement statement = generator.NextStatement(world, of_resource);
  statement.allow = allow;
  policy->statements.insert(
      policy->statements.begin() +
          static_cast<std::ptrdiff_t>(generator.Below(policy->statements.size() + 1)),
      statement);
  return world;
}

// Asks the engine of each world and of what `change` makes of it; `holds` judges the two verdicts.
// Gives how often they differed.
template <class Change, class Holds>
std::uint64_t CheckLaw(const Change& change, const Holds& holds) {
  std::uint64_t differing = 0;
  for (std::uint64_t index = 0; index < kWorlds; ++index) {
    Generator generator(WorldSeed(kSeed, index));
    const World before = generator.NextWorld();
    const World after = change(generator, before);
    const Engine one(before);
    const Engine other(after);
    EXPECT_EQ(one.refusal() + other.refusal(), "");
    for (std::uint64_t i = 0; i < kAsksPerWorld && one.refusal() == other.refusal(); ++i) {
      const Ask ask = generator.NextAsk(before);
      const Verdict first = one.Decide(ask);
      const Verdict second = other.Decide(ask);
      if (first != second) ++differing;
      if (holds(first, second)) continue;
      ADD_FAILURE() << "world " << index << "\n"
                    << ToReport(before, ask) << NameOf(first) << "\nafter:\n"
                    << ToReport(after, ask) << NameOf(second);
      return differing;
    }
  }
  return differing;
}

TEST(PolicyLaw, AddingADenyNeverAllows) {
  const auto differing =
      CheckLaw([](Generator& generator,
                  const World& world) { return WithStatement(generator, world, false); },
               [](Verdict before, Verdict after) {
                 return after == before || after == Verdict::kExplicitDeny;
               });
  EXPECT_GT(differing, 1000U);
}

TEST(PolicyLaw, AddingAnAllowNeverDenies) {
  const auto differing =
      CheckLaw([](Generator& generator,
                  const World& world) { return WithStatement(generator, world, true); },
               [](Verdict before, Verdict after) {
                 return (before == Verdict::kAllowed) <= (after == Verdict::kAllowed) &&
                        (before == Verdict::kExplicitDeny) == (after == Verdict::kExplicitDeny);
               });
  EXPECT_GT(differing, 1000U);
}

TEST(PolicyLaw, AddingAGrantNeverDenies) {
  const auto differing = CheckLaw(
      [](Generator& generator, World world) {
        if (world.kind == World::Kind::kKey) world.grants.push_back(generator.NextGrant(world));
        return world;
      },
      [](Verdict before, Verdict after) {
        return (before == Verdict::kAllowed) <= (after == Verdict::kAllowed) &&
               (before == Verdict::kExplicitDeny) == (after == Verdict::kExplicitDeny);
      });
  EXPECT_GT(differing, 1000U);
}

TEST(PolicyLaw, TakingAwayTheBoundaryNeverDenies) {
  const auto differing = CheckLaw(
      [](Generator& /*generator*/, World world) {
        world.boundary.reset();
        return world;
      },
      [](Verdict before, Verdict after) {
        return before != Verdict::kAllowed || after == Verdict::kAllowed;
      });
  EXPECT_GT(differing, 1000U);
}

TEST(PolicyLaw, TheOrderOfAnythingNeverMatters) {
  CheckLaw([](Generator& generator, const World& world) { return generator.Shuffled(world); },
           [](Verdict before, Verdict after) {
             // Several ways may be blocked at several places: which of them is told may differ.
             return (before == after) ||
                    (before > Verdict::kExplicitDeny && after > Verdict::kExplicitDeny);
           });
}

TEST(PolicyLaw, TheCaseOfActionsNeverMatters) {
  CheckLaw(
      [](Generator& /*generator*/, World world) {
        for (PolicyText* policy : Policies(world))
          for (auto& statement : policy->statements)
            if (statement.actions)
              for (auto& action : *statement.actions) action = Lower(action);
        return world;
      },
      [](Verdict before, Verdict after) { return before == after; });
}

}  // namespace
}  // namespace kmaas::policy_oracle
