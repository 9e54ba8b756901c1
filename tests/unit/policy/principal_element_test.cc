#include "policy/principal_element.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/policy_fixture.h"

namespace kmaas::policy {
namespace {

using Text = PrincipalElement::Text;

PrincipalMatch Match(const std::vector<Text>& texts, const domain::Principal& caller) {
  return PrincipalElement::Compile(texts, false).value().Match(caller, true);
}

bool Excepts(const std::vector<Text>& texts, const domain::Principal& caller, bool allows) {
  return PrincipalElement::Compile(texts, true).value().Match(caller, allows) ==
         PrincipalMatch::kNone;
}

const Text kAccountEntry{"AWS", kAccount};
const Text kRootEntry{"AWS", "arn:aws:iam::111122223333:root"};

TEST(PrincipalElementTest, MeansEverybodyOfAnAccount) {
  for (const Text& entry : {kAccountEntry, kRootEntry}) {
    EXPECT_EQ(Match({entry}, User("anna")), PrincipalMatch::kAccount);
    EXPECT_EQ(Match({entry}, InRole("admin")), PrincipalMatch::kAccount);
    EXPECT_EQ(Match({entry}, Root()), PrincipalMatch::kExact);
    EXPECT_EQ(Match({entry}, User("anna", kOtherAccount)), PrincipalMatch::kNone);
    EXPECT_EQ(Match({entry}, Root(kOtherAccount)), PrincipalMatch::kNone);
  }
}

TEST(PrincipalElementTest, MeansOneUser) {
  EXPECT_EQ(Match({{"AWS", UserArn("anna")}}, User("anna")), PrincipalMatch::kExact);
  EXPECT_EQ(Match({{"AWS", UserArn("anna")}}, User("Anna")), PrincipalMatch::kNone);
  EXPECT_EQ(Match({{"AWS", UserArn("anna")}}, User("ann")), PrincipalMatch::kNone);
  EXPECT_EQ(Match({{"AWS", UserArn("anna")}}, User("anna", kOtherAccount)), PrincipalMatch::kNone);
  EXPECT_EQ(Match({{"AWS", UserArn("anna")}}, Root()), PrincipalMatch::kNone);
}

TEST(PrincipalElementTest, MeansARoleOrOneSessionOfIt) {
  EXPECT_EQ(Match({{"AWS", RoleArn("admin")}}, InRole("admin")), PrincipalMatch::kRole);
  EXPECT_EQ(Match({{"AWS", SessionArn("admin")}}, InRole("admin")), PrincipalMatch::kExact);
  EXPECT_EQ(Match({{"AWS", RoleArn("admin")}}, InRole("other")), PrincipalMatch::kNone);
  EXPECT_EQ(Match({{"AWS", RoleArn("admin")}}, User("admin")), PrincipalMatch::kNone);
}

TEST(PrincipalElementTest, KnowsUsersAndRolesByTheirIds) {
  domain::Principal anna = User("anna");
  anna.user_id = "AIDAANNA";
  EXPECT_EQ(Match({{"AWS", "AIDAANNA"}}, anna), PrincipalMatch::kExact);
  EXPECT_EQ(Match({{"AWS", "AIDAANNB"}}, anna), PrincipalMatch::kNone);
  domain::Principal worker = InRole("worker");
  auto session = std::make_shared<domain::Session>(*worker.session);
  session->role_id = "AROAWORKER";
  worker.session = session;
  worker.user_id = "AROAWORKER:day";
  EXPECT_EQ(Match({{"AWS", "AROAWORKER"}}, worker), PrincipalMatch::kRole);
  EXPECT_EQ(Match({{"AWS", "AROAWORKER:day"}}, worker), PrincipalMatch::kExact);
  EXPECT_EQ(Match({{"AWS", "AROAWORKER:night"}}, worker), PrincipalMatch::kNone);
  EXPECT_TRUE(Excepts({{"AWS", "AIDAANNA"}, kAccountEntry}, anna, false));
  EXPECT_FALSE(Excepts({{"AWS", "AROAWORKER:day"}, kAccountEntry}, worker, false));
  EXPECT_TRUE(
      Excepts({{"AWS", "AROAWORKER:day"}, {"AWS", "AROAWORKER"}, kAccountEntry}, worker, false));
}

TEST(PrincipalElementTest, TakesTheStrongestOfItsEntries) {
  const std::vector<Text> all = {
      {"AWS", "*"}, kAccountEntry, {"AWS", RoleArn("admin")}, {"AWS", SessionArn("admin")}};
  EXPECT_EQ(Match(all, InRole("admin")), PrincipalMatch::kExact);
  EXPECT_EQ(Match({all[0], all[1], all[2]}, InRole("admin")), PrincipalMatch::kRole);
  EXPECT_EQ(Match({all[1], all[0]}, InRole("admin")), PrincipalMatch::kAnyone);
  EXPECT_EQ(Match(all, User("x", kOtherAccount)), PrincipalMatch::kAnyone);
  EXPECT_EQ(Match(all, Root()), PrincipalMatch::kExact);
}

TEST(PrincipalElementTest, MeansServicesAndProviders) {
  EXPECT_EQ(Match({{"Service", "s3.amazonaws.com"}}, Service("s3.amazonaws.com")),
            PrincipalMatch::kExact);
  EXPECT_EQ(Match({{"AWS", "*"}}, Service("s3.amazonaws.com")), PrincipalMatch::kAnyone);
  EXPECT_EQ(Match({{"Service", "s3.amazonaws.com"}}, User("s3.amazonaws.com")),
            PrincipalMatch::kNone);
  const auto caller = WebIdentity("https://issuer.example/path");
  for (const char* name : {"issuer.example/path", "https://issuer.example/path",
                           "arn:aws:iam::111122223333:oidc-provider/issuer.example/path"}) {
    EXPECT_EQ(Match({{"Federated", name}}, caller), PrincipalMatch::kExact) << name;
    EXPECT_EQ(Match({{"Service", name}}, caller), PrincipalMatch::kNone) << name;
  }
  for (const char* name :
       {"issuer.example", "arn:aws:iam::444455556666:oidc-provider/issuer.example/path"})
    EXPECT_EQ(Match({{"Federated", name}}, caller), PrincipalMatch::kNone) << name;
}

TEST(PrincipalElementTest, KnowsNoAccountOfAWebIdentity) {
  EXPECT_EQ(Match({kAccountEntry}, WebIdentity("https://issuer.example")), PrincipalMatch::kNone);
  EXPECT_EQ(Match({{"Federated", "issuer.example"}}, InRole("admin")), PrincipalMatch::kNone);
}

TEST(NotPrincipalElement, OfADenyExceptsOnlyWhoIsListedWithHisAccountAndRole) {
  const Text anna{"AWS", UserArn("anna")};
  const Text role{"AWS", RoleArn("admin")};
  const Text session{"AWS", SessionArn("admin")};
  EXPECT_FALSE(Excepts({anna}, User("anna"), false));
  EXPECT_FALSE(Excepts({kAccountEntry}, User("anna"), false));
  EXPECT_TRUE(Excepts({anna, kRootEntry}, User("anna"), false));
  EXPECT_FALSE(Excepts({anna, kRootEntry}, User("otto"), false));
  EXPECT_FALSE(Excepts({session, kAccountEntry}, InRole("admin"), false));
  EXPECT_FALSE(Excepts({role, kAccountEntry}, InRole("admin"), false));
  EXPECT_FALSE(Excepts({role, session}, InRole("admin"), false));
  EXPECT_TRUE(Excepts({role, session, kAccountEntry}, InRole("admin"), false));
  EXPECT_TRUE(Excepts({kAccountEntry}, Root(), false));
  EXPECT_TRUE(Excepts({{"AWS", "*"}}, User("anna"), false));
  EXPECT_TRUE(Excepts({{"Service", "a.b"}}, Service("a.b"), false));
  EXPECT_FALSE(Excepts({{"Service", "a.b"}}, Service("a.c"), false));
}

TEST(NotPrincipalElement, OfAnAllowExceptsWhoIsNamedInAnyWay) {
  EXPECT_TRUE(Excepts({{"AWS", UserArn("anna")}}, User("anna"), true));
  EXPECT_TRUE(Excepts({{"AWS", RoleArn("admin")}}, InRole("admin"), true));
  EXPECT_TRUE(Excepts({kAccountEntry}, User("anna"), true));
  EXPECT_FALSE(Excepts({{"AWS", UserArn("anna")}}, User("otto"), true));
  EXPECT_FALSE(Excepts({kAccountEntry}, User("anna", kOtherAccount), true));
}

const char* const kNoCallers[] = {"",
                                  "1111222233334",
                                  "11112222333",
                                  "anna",
                                  "arn:aws:iam::111122223333:user/*",
                                  "arn:aws:iam::111122223333:user/ann?",
                                  "arn:aws:iam::*:root",
                                  "arn:aws:iam::111122223333:*",
                                  "arn:aws:iam::111122223333:group/g",
                                  "arn:aws:iam::111122223333:user/",
                                  "arn:aws:iam::111122223333:User/anna",
                                  "arn:aws:iam:eu:111122223333:user/anna",
                                  "arn:aws-cn:iam::111122223333:user/anna",
                                  "arn:aws:iam::111122223333:user/a b",
                                  "arn:aws:iam::111122223333:user/\u0430nna",
                                  "arn:aws:iam::111122223333:user/${aws:username}",
                                  "arn:aws:sts::111122223333:assumed-role/admin",
                                  "arn:aws:sts::111122223333:assumed-role/admin/*",
                                  "arn:aws:sts::111122223333:root",
                                  "arn:aws:sts::111122223333:assumed-role/a/b/c",
                                  "arn:aws:s3:::bucket",
                                  "AIDA",
                                  "AGPAEXAMPLE",
                                  "AIDAEXAMPLE:day",
                                  "AIDA-EXAMPLE",
                                  "AROAEXAMPLE:",
                                  "AROAEXAMPLE:a/b",
                                  "**",
                                  "arn:aws:iam::111122223333:root "};

TEST(PrincipalElementTest, RefusesWhatCannotCall) {
  for (const char* value : kNoCallers) {
    EXPECT_FALSE(PrincipalElement::Compile({{"AWS", value}}, false)) << value;
  }
  EXPECT_FALSE(PrincipalElement::Compile({}, false));
  EXPECT_FALSE(PrincipalElement::Compile({{"CanonicalUser", "x"}}, false));
  EXPECT_FALSE(PrincipalElement::Compile({{"*", "*"}}, false));
  EXPECT_FALSE(PrincipalElement::Compile({{"Service", "*"}}, false));
  EXPECT_FALSE(PrincipalElement::Compile({{"Federated", "issuer.*"}}, false));
}

TEST(PrincipalElementTest, KnowsNamesWithPaths) {
  EXPECT_EQ(Match({{"AWS", UserArn("team/a/anna")}}, User("team/a/anna")), PrincipalMatch::kExact);
  EXPECT_EQ(Match({{"AWS", UserArn("team/anna")}}, User("anna")), PrincipalMatch::kNone);
  EXPECT_EQ(Match({{"AWS", UserArn("a/../anna")}}, User("anna")), PrincipalMatch::kNone);
}

}  // namespace
}  // namespace kmaas::policy
