// Goal: an operation passes for whoever has the permissions that AWS documents, and for nobody
// else. Method: every operation of KMS, listed from the registry, times every single action that
// any of them asks for, times the keys, times the ways to be given an action. What should happen is
// said by authorisation_rules.cc, which shares no code with the server.
#include <gtest/gtest.h>

#include <optional>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/authorisation_world.h"

namespace kmaas::api {
namespace {

using Outcome = AuthorisationWorld::Outcome;
using enum Place;
using enum Through;

constexpr char kUnknownAction[] = "kms:NoSuchAction";

// How the actions of a cell are given.
struct Way {
  const char* name;
  std::vector<std::pair<Through, Place>> gifts;
};

const std::vector<Way>& Ways() {
  static const std::vector<Way> kWays = {
      {"Nothing", {}},
      {"KeyPolicy", {{kKeyPolicy, kOwn}}},
      {"KeyPoliciesOfAllKeys", {{kKeyPolicy, kOwn}, {kKeyPolicy, kOther}, {kKeyPolicy, kForeign}}},
      {"DelegationAlone", {{kDelegation, kOwn}, {kDelegation, kOther}, {kDelegation, kForeign}}},
      {"IdentityPolicyWithDelegation", {{kDelegation, kOwn}, {kIdentityPolicy, kOwn}}},
      {"IdentityPolicyWithDelegationOfAnotherKey",
       {{kDelegation, kOther}, {kIdentityPolicy, kOwn}}},
      {"IdentityPolicyWithoutDelegation", {{kIdentityPolicy, kOwn}}},
      {"IdentityPolicyOnAllWithDelegation",
       {{kDelegation, kOwn}, {kDelegation, kOther}, {kIdentityPolicyOnAll, kOwn}}},
      {"IdentityPolicyOnAllWithoutDelegation", {{kIdentityPolicyOnAll, kOwn}}},
      {"KeyPolicyAndAlias", {{kKeyPolicy, kOwn}, {kIdentityPolicyOnAlias, kOwn}}},
      {"KeyPolicyOfTheOtherKeyAndAlias", {{kKeyPolicy, kOther}, {kIdentityPolicyOnAlias, kOwn}}},
      {"KeyPoliciesOfBothKeysAndAlias",
       {{kKeyPolicy, kOwn}, {kKeyPolicy, kOther}, {kIdentityPolicyOnAlias, kOwn}}},
      {"Grant", {{kGrant, kOwn}}},
      {"GrantOfAnotherAccount", {{kGrant, kForeign}}},
      {"BothAccounts", {{kKeyPolicy, kForeign}, {kIdentityPolicy, kForeign}}},
      {"BothAccountsByDelegation", {{kDelegation, kForeign}, {kIdentityPolicy, kForeign}}},
      {"OnlyTheAccountOfTheKey", {{kKeyPolicy, kForeign}}},
      {"OnlyTheAccountOfTheCaller", {{kIdentityPolicy, kForeign}}},
      {"OnlyTheAccountOfTheCallerOnAll", {{kIdentityPolicyOnAll, kForeign}}},
  };
  return kWays;
}

bool IsOfKms(const core::Operation& operation) { return operation.action.starts_with("kms:"); }

// All that some operation asks for, and one that none does.
Actions AllActions(const core::Registry& registry) {
  Actions actions = {kUnknownAction};
  for (const auto& operation : registry.operations()) {
    if (!IsOfKms(*operation)) continue;
    actions.insert(operation->action);
    for (const core::TargetPlan& target : operation->targets) actions.insert(target.action);
    for (const core::FieldPlan& plan : operation->fields)
      if (!plan.rules->also_action().empty()) actions.insert(plan.rules->also_action());
  }
  return actions;
}

Actions NeededBy(const std::string& operation) {
  Actions actions;
  for (const Need& need : NeedsOf(operation)) actions.insert(need.action);
  return actions;
}

Actions Without(Actions actions, const std::string& one) {
  actions.erase(one);
  return actions;
}

class AuthorisationMatrix : public testing::TestWithParam<Way> {
 protected:
  Permissions GivenBy(const Actions& actions) const {
    Permissions permissions;
    for (const auto& [through, place] : GetParam().gifts)
      permissions.push_back({through, place, actions});
    return permissions;
  }

  // One call of the operation on each key, or just one when it names none.
  void TryEach(const core::Operation& operation, const Permissions& permissions) {
    for (const Place place : kPlaces) {
      if (operation.targets.empty() && place != kOwn) continue;
      Try(operation, {std::max<std::size_t>(operation.targets.size(), 1), place}, permissions);
    }
  }
  void Try(const core::Operation& operation, const std::vector<Place>& keys,
           const Permissions& permissions) {
    if (!world_) {
      world_.emplace();
      world_->Give(permissions);
    }
    const bool expected = MayPass({operation.name, keys}, permissions);
    const AuthorisationWorld::Answer answer = world_->Call(operation, keys);
    EXPECT_EQ(answer.outcome, expected ? Outcome::kPassed : Outcome::kDenied)
        << operation.name << " on key " << static_cast<int>(keys.front()) << " with "
        << Said(permissions) << ": " << answer.error;
    ++cells_;
    passed_ += expected ? 1 : 0;
    // What was done would show in the next cell.
    if (answer.outcome != Outcome::kDenied && operation.effect == WRITE) world_.reset();
  }
  static std::string Said(const Permissions& permissions) {
    std::string said;
    for (const api::Given& one : permissions) {
      said += "[way " + std::to_string(static_cast<int>(one.through)) + " key " +
              std::to_string(static_cast<int>(one.place)) + ": " +
              (one.actions.size() == 1 ? *one.actions.begin()
                                       : std::to_string(one.actions.size()) + " actions") +
              "]";
    }
    return said;
  }

  void TearDown() override {
    RecordProperty("cells", static_cast<int>(cells_));
    RecordProperty("passed", static_cast<int>(passed_));
  }

  const Environment listed_;  // for its registry
  std::optional<AuthorisationWorld> world_;
  std::size_t cells_ = 0;
  std::size_t passed_ = 0;
};

TEST_P(AuthorisationMatrix, LetsPassExactlyWhatEachSingleActionAllows) {
  for (const std::string& action : AllActions(listed_.registry)) {
    world_.reset();
    for (const auto& operation : listed_.registry.operations())
      if (IsOfKms(*operation)) TryEach(*operation, GivenBy({action}));
  }
  EXPECT_GT(cells_, 2000U);
}

TEST_P(AuthorisationMatrix, AsksForAllActionsOfAnOperationAndForNoOther) {
  const Actions all = AllActions(listed_.registry);
  for (const auto& operation : listed_.registry.operations()) {
    if (!IsOfKms(*operation)) continue;
    const Actions needed = NeededBy(operation->name);
    std::vector<Actions> sets = {needed, all};
    for (const std::string& one : needed) {
      sets.push_back(Without(needed, one));
      sets.push_back(Without(all, one));
    }
    for (Actions& actions : sets) {
      if (actions.empty()) actions = {kUnknownAction};
      world_.reset();
      TryEach(*operation, GivenBy(actions));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, AuthorisationMatrix, testing::ValuesIn(Ways()),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(AuthorisationOfReEncrypt, AsksEachSideOfItsOwnKey) {
  AuthorisationWorld world;
  const core::Operation& operation = *FindOperationNamed(world.registry(), "ReEncrypt");
  const Actions both = {"kms:ReEncryptFrom", "kms:ReEncryptTo"};
  for (const Place from : kPlaces) {
    for (const Place to : kPlaces) {
      const Permissions permissions = {{kKeyPolicy, from, {"kms:ReEncryptFrom"}},
                                       {kKeyPolicy, to, {"kms:ReEncryptTo"}},
                                       {kIdentityPolicyOnAll, kOwn, both}};
      world.Give(permissions);
      for (const Place source : kPlaces) {
        for (const Place destination : kPlaces) {
          const bool expected = MayPass({"ReEncrypt", {source, destination}}, permissions);
          EXPECT_EQ(expected, source == from && destination == to);
          EXPECT_EQ(world.Call(operation, {source, destination}).outcome,
                    expected ? Outcome::kPassed : Outcome::kDenied);
        }
      }
    }
  }
}

TEST(AuthorisationOfCreateKey, AsksForTheTaggingToo) {
  ::kmaas::kms::v1::CreateKeyRequest request;
  auto* tag = request.add_tags();
  tag->set_tag_key("a");
  tag->set_tag_value("1");
  AuthorisationWorld world;
  for (const auto& [actions, expected] :
       {std::pair<Actions, Outcome>{{"kms:CreateKey"}, Outcome::kDenied},
        {{"kms:TagResource"}, Outcome::kDenied},
        {{"kms:CreateKey", "kms:TagResource"}, Outcome::kPassed}}) {
    world.Give({{kIdentityPolicyOnAll, kOwn, actions}});
    const auto answer = world.Send("CreateKey", request);
    EXPECT_EQ(answer.outcome, expected) << answer.error;
  }
}

}  // namespace
}  // namespace kmaas::api
