// Laws that hold for every policy: a generator makes many, with everything that is rare in life
// made frequent.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "policy/decision.h"
#include "tests/unit/policy/policy_fixture.h"

namespace kmaas::policy {
namespace {

constexpr int kCases = 20'000;

const std::vector<std::string> kPrincipals = {
    R"("Principal":"*")",
    R"("Principal":{"AWS":"111122223333"})",
    R"("Principal":{"AWS":["arn:aws:iam::111122223333:user/anna","444455556666"]})",
    R"("Principal":{"AWS":"arn:aws:iam::111122223333:role/admin"})",
    R"("Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/admin/session"})",
    R"("Principal":{"AWS":"arn:aws:iam::444455556666:user/anna"})",
    R"("NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/anna","111122223333"]})",
    R"("NotPrincipal":{"AWS":"111122223333"})"};
const std::vector<std::string> kActions = {R"("Action":"*")",
                                           R"("Action":"kms:*")",
                                           R"("Action":"kms:D*")",
                                           R"("Action":["kms:Encrypt","kms:ReEncrypt*"])",
                                           R"("NotAction":"kms:Decrypt")",
                                           R"("NotAction":"iam:*")"};
const std::vector<std::string> kResources = {
    R"("Resource":"*")",
    R"("Resource":"arn:aws:kms:*:111122223333:key/*")",
    R"("Resource":"arn:aws:kms:*:444455556666:key/*")",
    R"("NotResource":"arn:aws:s3:::*")",
    R"("NotResource":"*")",
    R"("Resource":"arn:aws:kms:*:${aws:PrincipalAccount}:key/*")"};
const std::vector<std::string> kConditions = {
    R"({})",
    R"({"StringEquals":{"aws:PrincipalTag/team":"blue"}})",
    R"({"StringNotEquals":{"aws:PrincipalTag/team":"blue"}})",
    R"({"StringLikeIfExists":{"kms:ViaService":"s3.*"}})",
    R"({"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["a","b"]}})",
    R"({"ForAnyValue:StringNotEquals":{"kms:EncryptionContextKeys":["a"]}})",
    R"({"Null":{"aws:MultiFactorAuthAge":"false"}})",
    R"({"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}})",
    R"({"Bool":{"aws:SecureTransport":"true"}})",
    R"({"StringEquals":{"aws:PrincipalTag/team":"${kms:ViaService, 'blue'}"}})"};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  unsigned Below(std::size_t bound) { return static_cast<unsigned>(random_() % bound); }
  const std::string& OneOf(const std::vector<std::string>& texts) {
    return texts[Below(texts.size())];
  }

  std::string Statement(PolicyKind kind, const std::string& effect) {
    const std::string principal = kind == PolicyKind::kKey ? OneOf(kPrincipals) + "," : "";
    return Statement1(effect, principal + OneOf(kActions) + "," + OneOf(kResources) +
                                  R"(,"Condition":)" + OneOf(kConditions));
  }
  std::vector<std::string> Statements(PolicyKind kind) {
    std::vector<std::string> statements(1 + Below(3));
    for (auto& one : statements) one = Statement(kind, Below(5) == 0 ? "Deny" : "Allow");
    return statements;
  }
  FixedContext Context() {
    FixedContext context;
    const auto maybe = [&](const char* name, const std::vector<std::vector<std::string>>& values) {
      if (Below(3) > 0) context.Set(name, values[Below(values.size())]);
    };
    maybe("aws:PrincipalTag/team", {{"blue"}, {"red"}});
    maybe("kms:ViaService", {{"s3.eu"}, {"blue"}});
    maybe("kms:EncryptionContextKeys", {{}, {"a"}, {"a", "b"}, {"c"}});
    maybe("aws:MultiFactorAuthAge", {{"10"}, {"1000"}});
    maybe("aws:SecureTransport", {{"true"}, {"false"}});
    maybe("aws:PrincipalAccount", {{kAccount}, {kOtherAccount}});
    return context;
  }
  domain::Principal Caller() {
    switch (Below(6)) {
      case 0:
        return Root();
      case 1:
        return User("otto");
      case 2:
        return InRole("admin");
      case 3:
        return User("anna", kOtherAccount);
      case 4:
        return InRole("other");
      default:
        return User("anna");
    }
  }
  template <class T>
  void Shuffle(std::vector<T>& things) {
    std::shuffle(things.begin(), things.end(), random_);
  }

 private:
  std::mt19937 random_;
};

using Statements = std::vector<std::string>;

// A question in a form that can be changed and asked again.
struct World {
  domain::Principal caller;
  FixedContext context = {};
  std::string action = {};
  bool with_key_policy = true;
  Statements key_policy = {};
  std::vector<Statements> identity = {};
  std::optional<Statements> boundary = {};
  std::vector<Statements> session = {};
  std::vector<std::shared_ptr<const domain::Grant>> grants = {};

  std::vector<std::pair<Statements*, PolicyKind>> Policies() {
    std::vector<std::pair<Statements*, PolicyKind>> all;
    if (with_key_policy) all.emplace_back(&key_policy, PolicyKind::kKey);
    for (auto* several : {&identity, &session})
      for (auto& one : *several) all.emplace_back(&one, PolicyKind::kIdentity);
    if (boundary) all.emplace_back(&*boundary, PolicyKind::kIdentity);
    return all;
  }
};

World MakeWorld(Generator& any) {
  World world{.caller = any.Caller(),
              .context = any.Context(),
              .action = any.Below(2) == 0 ? "kms:Decrypt" : "kms:Encrypt"};
  world.with_key_policy = any.Below(8) != 0;
  world.key_policy = any.Statements(PolicyKind::kKey);
  for (unsigned i = any.Below(3); i > 0; --i)
    world.identity.push_back(any.Statements(PolicyKind::kIdentity));
  if (any.Below(3) == 0) world.boundary = any.Statements(PolicyKind::kIdentity);
  for (unsigned i = any.Below(4) / 2; i > 0; --i)
    world.session.push_back(any.Statements(PolicyKind::kIdentity));
  for (const auto& grantee :
       {world.caller.arn, UserArn("anna"), std::string("arn:aws:iam::444455556666:root")}) {
    if (any.Below(4) != 0) continue;
    domain::Grant grant;
    grant.grantee = grantee;
    grant.operations = {any.Below(2) == 0 ? "Decrypt" : "Encrypt"};
    world.grants.push_back(std::make_shared<domain::Grant>(grant));
  }
  return world;
}

std::string Joined(const Statements& statements) {
  std::string all;
  for (const auto& one : statements) all += (all.empty() ? "" : ",") + one;
  return Document(all);
}

NamedPolicy Named(const Statements& statements) {
  return {"policy", Compiled(Joined(statements), PolicyKind::kIdentity)};
}

bool Allowed(const World& world) {
  IdentitySide side;
  for (const auto& one : world.identity) side.policies.push_back(Named(one));
  if (world.boundary) side.boundary = Named(*world.boundary);
  for (const auto& one : world.session) side.session.push_back(Named(one));
  const auto key_policy = Compiled(Joined(world.key_policy), PolicyKind::kKey);
  return Decide({.principal = world.caller,
                 .action = world.action,
                 .resource = kKeyArn,
                 .resource_account = kAccount,
                 .context = world.context,
                 .identity = side,
                 .resource_policy = world.with_key_policy ? key_policy.get() : nullptr,
                 .grants = world.grants})
      .allowed();
}

// Adds one statement somewhere.
void Add(World& world, Generator& any, const std::string& effect) {
  auto policies = world.Policies();
  if (policies.empty()) return;
  const auto [statements, kind] = policies[any.Below(policies.size())];
  statements->insert(statements->begin() + any.Below(statements->size() + 1),
                     any.Statement(kind, effect));
}

TEST(DecisionLaws, AddingADenyNeverAllows) {
  Generator any(1);
  int changed = 0;
  for (int i = 0; i < kCases; ++i) {
    World world = MakeWorld(any);
    const bool before = Allowed(world);
    Add(world, any, "Deny");
    const bool after = Allowed(world);
    ASSERT_TRUE(before || !after) << i;
    changed += before != after ? 1 : 0;
  }
  EXPECT_GT(changed, kCases / 100);
}

TEST(DecisionLaws, AddingAnAllowNeverRefuses) {
  Generator any(2);
  int changed = 0;
  for (int i = 0; i < kCases; ++i) {
    World world = MakeWorld(any);
    const bool before = Allowed(world);
    Add(world, any, "Allow");
    const bool after = Allowed(world);
    ASSERT_TRUE(!before || after) << i;
    changed += before != after ? 1 : 0;
  }
  EXPECT_GT(changed, kCases / 100);
}

TEST(DecisionLaws, OrderNeverMatters) {
  Generator any(3);
  int allowed = 0;
  for (int i = 0; i < kCases; ++i) {
    World world = MakeWorld(any);
    const bool before = Allowed(world);
    for (auto& [statements, kind] : world.Policies()) any.Shuffle(*statements);
    any.Shuffle(world.identity);
    any.Shuffle(world.session);
    any.Shuffle(world.grants);
    ASSERT_EQ(Allowed(world), before) << i;
    allowed += before ? 1 : 0;
  }
  EXPECT_GT(allowed, kCases / 10);
}

}  // namespace
}  // namespace kmaas::policy
