#include "tests/component/policy_oracle/generator.h"

#include <algorithm>

#include "tests/component/policy_oracle/vocabulary.h"

namespace kmaas::policy_oracle {
namespace {

const std::map<std::string, std::string> kContexts[] = {
    {}, {{"team", "red"}}, {{"team", "red"}, {"dept", "hr"}}, {{"Team", "red"}}, {{"team", "Red"}}};

}  // namespace

Texts Generator::Some(const Texts& from, std::size_t at_most) {
  Texts some;
  for (std::size_t n = 1 + Below(at_most); n > 0; --n) {
    const std::string& text = Pick(from);
    if (std::find(some.begin(), some.end(), text) == some.end()) some.push_back(text);
  }
  return some;
}

// One of the names that mean this caller, from the widest to the narrowest.
std::string Generator::NameOfCaller(const Caller& caller) {
  switch (Below(6)) {
    case 0:
      return caller.account;
    case 1:
    case 2:
      return "arn:aws:iam::" + caller.account + ":root";
    case 3:
      return caller.arn;
    default:
      return caller.role_arn.empty() ? caller.arn : caller.role_arn;
  }
}

PrincipalName Generator::NextPrincipal(const World& world) {
  if (OneIn(20)) return {"Service", "backup.amazonaws.com"};
  if (OneIn(8)) return {"AWS", "*"};
  if (OneIn(4)) return {"AWS", NameOfCaller(Pick(Callers()))};
  return {"AWS", NameOfCaller(world.star)};
}

void Generator::GivePrincipals(Statement& statement, const World& world) {
  statement.not_principal = OneIn(statement.allow ? 12 : 3);
  if (!statement.not_principal && OneIn(10)) {
    statement.anyone_bare = true;
    return;
  }
  const bool whole = statement.not_principal && OneIn(2);
  if (whole) {
    for (const std::string& name : {world.star.account, world.star.arn, world.star.role_arn})
      if (!name.empty() && !OneIn(5)) statement.principals.push_back({"AWS", name});
  }
  for (std::size_t n = whole ? Below(2) : 1 + Below(2); n > 0; --n) {
    const PrincipalName next = NextPrincipal(world);
    const auto same = [&](const PrincipalName& other) { return other.name == next.name; };
    if (std::none_of(statement.principals.begin(), statement.principals.end(), same))
      statement.principals.push_back(next);
  }
  if (statement.principals.empty()) statement.principals.push_back({"AWS", world.account});
}

Test Generator::NextTest() {
  const auto& key = Pick(Keys());
  Test test;
  test.key = OneIn(4) ? Lower(key.name) : key.name;
  if (OneIn(8)) {
    test.operation = "Null";
    test.values = {OneIn(2) ? "true" : "false"};
    test.bare = OneIn(2);
    test.typed = OneIn(2);
    return test;
  }
  test.operation = Pick(Operators(key.type));
  if (key.multiple ? !OneIn(4) : OneIn(8))
    test.quantifier = OneIn(2) ? "ForAllValues" : "ForAnyValue";
  test.if_exists = OneIn(4);
  test.values = Some(key.policy_values, 3);
  test.bare = OneIn(2);
  test.typed = key.type == "Bool" && OneIn(2);
  return test;
}

void Generator::GiveTests(Statement& statement) {
  static constexpr std::size_t kHowMany[] = {0, 0, 0, 0, 1, 1, 1, 2};
  for (std::size_t n = kHowMany[Below(std::size(kHowMany))]; n > 0; --n) {
    Test next = NextTest();
    // One operator names a key once: JSON members are unique.
    const auto same = [&](const Test& other) { return Lower(other.key) == Lower(next.key); };
    if (std::none_of(statement.tests.begin(), statement.tests.end(), same))
      statement.tests.push_back(std::move(next));
  }
}

Statement Generator::NextStatement(const World& world, bool with_principal) {
  Statement statement;
  statement.allow = !OneIn(6);
  statement.not_action = OneIn(8);
  const bool trust = with_principal && world.kind == World::Kind::kRole;
  statement.actions = Some(trust ? TrustActionPatterns() : ActionPatterns(), 3);
  if (!trust) {
    statement.not_resource = OneIn(12);
    statement.resources =
        OneIn(3) && world.arn != "*" ? Texts{world.arn} : Some(ResourcePatterns(), 2);
    if (statement.not_resource && statement.resources->front() == "*")
      statement.resources = Texts{"arn:aws:kms:*:444455556666:key/*"};
  }
  if (with_principal) {
    GivePrincipals(statement, world);
    if (!trust && OneIn(40)) (OneIn(2) ? statement.actions : statement.resources).reset();
  }
  GiveTests(statement);
  return statement;
}

// Left to chance alone most requests would stop at the first policy: a door wide open lets them
// come to the next.
Statement Generator::OpenDoor(const World& world, bool with_principal) {
  Statement statement;
  const bool trust = with_principal && world.kind == World::Kind::kRole;
  statement.actions = Texts{trust || (world.kind == World::Kind::kRole && OneIn(2)) ? "sts:*"
                            : OneIn(2)                                              ? "*"
                                                                                    : "kms:*"};
  if (!trust) statement.resources = Texts{"*"};
  if (with_principal) statement.principals = {{"AWS", NameOfCaller(world.star)}};
  if (OneIn(5)) GiveTests(statement);
  return statement;
}

PolicyText Generator::NextPolicy(const World& world, bool with_principal, std::size_t statements,
                                 bool open) {
  PolicyText policy;
  policy.version = OneIn(6) ? (OneIn(2) ? "" : "2008-10-17") : "2012-10-17";
  if (open) policy.statements.push_back(OpenDoor(world, with_principal));
  for (; statements > 0; --statements)
    policy.statements.push_back(NextStatement(world, with_principal));
  return policy;
}

GrantText Generator::NextGrant(const World& world) {
  static const Texts kOperations = {"Decrypt",     "Encrypt",     "GenerateDataKey",
                                    "DescribeKey", "CreateGrant", "RetireGrant"};
  GrantText grant;
  grant.grantee = NameOfCaller(OneIn(3) ? Pick(Callers()) : world.star);
  if (grant.grantee.size() == 12) grant.grantee = world.star.arn;  // a grant names an ARN
  grant.operations = Some(kOperations, 3);
  if (OneIn(4))
    grant.context_equals = kContexts[Below(std::size(kContexts))];
  else if (OneIn(4))
    grant.context_subset = kContexts[Below(std::size(kContexts))];
  if (OneIn(6)) grant.source_arn = "arn:aws:iam::111122223333:role/reader";
  return grant;
}

// Whose resource it is, and whom its policies like to name: mostly somebody of its own account.
void Generator::GivePlace(World& world) {
  static constexpr World::Kind kKinds[] = {World::Kind::kNothing, World::Kind::kRole};
  world.star = Pick(Callers());
  world.kind = OneIn(6) ? kKinds[Below(2)] : World::Kind::kKey;
  world.account = world.star.account;
  world.arn = "*";
  if (world.kind == World::Kind::kNothing) return;
  world.arn = world.kind == World::Kind::kKey ? Pick(KeyArns()) : Pick(RoleArns());
  for (const auto& account : Accounts())
    if (world.arn.find(":" + account + ":") != std::string::npos) world.account = account;
  while (world.star.account != world.account && !OneIn(4)) world.star = Pick(Callers());
}

World Generator::NextWorld() {
  World world;
  GivePlace(world);
  if (world.kind != World::Kind::kNothing)
    world.resource_policy = NextPolicy(world, true, Below(4), !OneIn(10));
  for (std::size_t n = Below(3); n > 0; --n)
    world.identity.push_back(NextPolicy(world, false, Below(2), !OneIn(5)));
  if (!OneIn(3)) world.boundary = NextPolicy(world, false, 1, OneIn(3));
  if (!OneIn(6))
    for (std::size_t n = OneIn(4) ? 2 : 1; n > 0; --n)
      world.session.push_back(NextPolicy(world, false, Below(2), OneIn(6)));
  if (world.kind == World::Kind::kKey && OneIn(2))
    for (std::size_t n = Below(3); n > 0; --n) world.grants.push_back(NextGrant(world));
  return world;
}

Ask Generator::NextAsk(const World& world) {
  static const Texts kNoKey = {"kms:CreateKey", "kms:ListAliases"};
  Ask ask;
  ask.caller = OneIn(3) ? Pick(Callers()) : world.star;
  ask.action = world.kind == World::Kind::kKey
                   ? Pick(KeyActions())
                   : (world.kind == World::Kind::kRole ? "sts:AssumeRole" : Pick(kNoKey));
  for (const auto& key : Keys()) {
    if (key.request_values.empty() || OneIn(2)) continue;
    Texts& values = ask.context[Lower(key.name)];
    if (!key.multiple)
      values = {Pick(key.request_values)};
    else if (!OneIn(4))
      values = Some(key.request_values, 3);
  }
  if (!OneIn(4)) ask.encryption_context = kContexts[Below(std::size(kContexts))];
  return ask;
}

void Generator::ShuffleStatement(Statement& statement) {
  std::shuffle(statement.principals.begin(), statement.principals.end(), engine_);
  for (auto* list : {&statement.actions, &statement.resources})
    if (*list) std::shuffle((*list)->begin(), (*list)->end(), engine_);
  std::shuffle(statement.tests.begin(), statement.tests.end(), engine_);
  for (auto& test : statement.tests) std::shuffle(test.values.begin(), test.values.end(), engine_);
}

void Generator::ShufflePolicy(PolicyText& policy) {
  std::shuffle(policy.statements.begin(), policy.statements.end(), engine_);
  for (auto& statement : policy.statements) ShuffleStatement(statement);
}

World Generator::Shuffled(World world) {
  ShufflePolicy(world.resource_policy);
  for (auto* list : {&world.identity, &world.session}) {
    std::shuffle(list->begin(), list->end(), engine_);
    for (auto& policy : *list) ShufflePolicy(policy);
  }
  if (world.boundary) ShufflePolicy(*world.boundary);
  std::shuffle(world.grants.begin(), world.grants.end(), engine_);
  for (auto& grant : world.grants)
    std::shuffle(grant.operations.begin(), grant.operations.end(), engine_);
  return world;
}

}  // namespace kmaas::policy_oracle
