// Goal: policies and grants mean whoever was there when they were written, and nobody else.
#include "policy/statement.h"
#include "tests/api/iam_fixture.h"

namespace kmaas::api {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kRefused[] = "AccessDeniedException";
constexpr char kGone[] = "UnrecognizedClientException";
constexpr char kMalformed[] = "MalformedPolicyDocumentException";

class LastingPrincipals : public IamWorld {
 protected:
  LastingPrincipals() : key_(world_.MakeKey()) {}

  static std::string KeyPolicyFor(const std::string& principal) {
    return PolicyOf(AllowingTo(Aws(kAccount), "kms:*") + "," + AllowingTo(principal, "kms:*"));
  }
  std::string Put(const std::string& policy) {
    kms::PutKeyPolicyRequest request;
    request.set_key_id(key_);
    request.set_policy(policy);
    return Outcome("PutKeyPolicy", request);
  }
  std::string PutFor(const std::string& principal) { return Put(KeyPolicyFor(principal)); }
  std::string Shown() {
    kms::GetKeyPolicyRequest request;
    request.set_key_id(key_);
    return Must<kms::GetKeyPolicyResponse>("GetKeyPolicy", request).policy();
  }
  std::string TrustOf(const std::string& role) {
    iam::GetRoleRequest request;
    request.set_role_name(role);
    return Must<iam::GetRoleResponse>("GetRole", request).role().assume_role_policy_document();
  }
  std::string Grant(const std::string& grantee, const std::string& retiring = "") {
    kms::CreateGrantRequest request;
    request.set_key_id(key_);
    request.set_grantee_principal(grantee);
    if (!retiring.empty()) request.set_retiring_principal(retiring);
    request.add_operations("DescribeKey");
    return Outcome("CreateGrant", request);
  }
  kms::GrantListEntry OnlyGrant(const std::string& grantee = "") {
    kms::ListGrantsRequest request;
    request.set_key_id(key_);
    if (!grantee.empty()) request.set_grantee_principal(grantee);
    const auto listed = Must<kms::ListGrantsResponse>("ListGrants", request);
    return listed.grants_size() == 1 ? listed.grants(0) : kms::GrantListEntry();
  }
  int Retirable(const std::string& principal) {
    kms::ListRetirableGrantsRequest request;
    request.set_retiring_principal(principal);
    return Must<kms::ListRetirableGrantsResponse>("ListRetirableGrants", request).grants_size();
  }

  const std::string key_;
};

TEST_F(LastingPrincipals, OfAKeyPolicyAreNotThoseWhoComeAfterThem) {
  const domain::Principal first = MakeUser("anna");
  ASSERT_EQ(PutFor(Aws(ArnOfUser("anna"))), "done");
  EXPECT_EQ(DescribeKey(first, key_), "done");
  DeleteUser("anna");
  const domain::Principal second = MakeUser("anna");
  ASSERT_EQ(second.arn, first.arn);
  EXPECT_EQ(DescribeKey(second, key_), kRefused);
  ASSERT_EQ(PutFor(Aws(ArnOfUser("anna"))), "done");
  EXPECT_EQ(DescribeKey(second, key_), "done");
}

TEST_F(LastingPrincipals, OfAKeyPolicyAreRolesAndTheirSessionsToo) {
  for (const std::string& principal :
       {ArnOfRole("worker"), std::string("arn:aws:sts::111122223333:assumed-role/worker/any")}) {
    const domain::Principal first = MakeRole("worker");
    ASSERT_EQ(PutFor(Aws(principal)), "done");
    EXPECT_EQ(DescribeKey(first, key_), "done");
    DeleteRole("worker");
    EXPECT_EQ(DescribeKey(first, key_), kGone);
    EXPECT_EQ(DescribeKey(MakeRole("worker"), key_), kRefused);
    DeleteRole("worker");
  }
}

TEST_F(LastingPrincipals, AreShownByTheirArnsWhileTheyAreThere) {
  const std::string id = MakeUser("anna").user_id;
  const std::string policy = KeyPolicyFor(Aws(ArnOfUser("anna")));
  ASSERT_EQ(Put(policy), "done");
  EXPECT_EQ(Shown(), policy);
  DeleteUser("anna");
  EXPECT_EQ(Shown(), KeyPolicyFor(Aws(id)));
  (void)MakeUser("anna");
  EXPECT_EQ(Shown(), KeyPolicyFor(Aws(id)));
}

TEST_F(LastingPrincipals, OfASessionAreShownByTheIdOfItsRole) {
  const std::string id = MakeRole("worker").session->role_id;
  const std::string arn = "arn:aws:sts::111122223333:assumed-role/worker/day";
  ASSERT_EQ(PutFor(Aws(arn)), "done");
  EXPECT_EQ(Shown(), KeyPolicyFor(Aws(arn)));
  DeleteRole("worker");
  EXPECT_EQ(Shown(), KeyPolicyFor(Aws(id + ":day")));
}

TEST_F(LastingPrincipals, KeepWhatTheyMayUnderANewName) {
  (void)MakeUser("anna");
  ASSERT_EQ(PutFor(Aws(ArnOfUser("anna"))), "done");
  ASSERT_EQ(Grant(ArnOfUser("anna")), "done");
  iam::UpdateUserRequest request;
  request.set_user_name("anna");
  request.set_new_user_name("anne");
  ASSERT_EQ(Outcome("UpdateUser", request), "done");
  const domain::Principal other = MakeUser("anna");
  EXPECT_EQ(DescribeKey(Acting(ArnOfUser("anne")), key_), "done");
  EXPECT_EQ(DescribeKey(other, key_), kRefused);
  EXPECT_EQ(Shown(), KeyPolicyFor(Aws(ArnOfUser("anne"))));
  EXPECT_EQ(OnlyGrant(ArnOfUser("anne")).grantee_principal(), ArnOfUser("anne"));
  EXPECT_FALSE(OnlyGrant(ArnOfUser("anna")).has_grant_id());
}

TEST_F(LastingPrincipals, HaveToBeThereWhenAKeyPolicyIsWritten) {
  const std::string gone = MakeUser("gone").user_id;
  DeleteUser("gone");
  (void)MakeRole("worker");
  const std::string known = MakeUser("anna").user_id;
  for (const std::string& principal :
       {Aws(gone), Aws(known), Aws(ArnOfUser("gone")), Aws(ArnOfUser("Anna")),
        Aws(ArnOfUser("path/anna")), Aws(ArnOfRole("anna")), Aws("999988887777"),
        Aws("arn:aws:iam::999988887777:root"), Aws("arn:aws:iam::999988887777:user/anna"),
        Aws("arn:aws:sts::111122223333:assumed-role/Worker/day"),
        Aws("arn:aws:iam::111122223333:assumed-role/worker/day"), Aws("nobody"),
        std::string(R"({"Service":"s3"})"), std::string(R"({"Service":"s3.example.org"})")}) {
    EXPECT_EQ(PutFor(principal), kMalformed) << principal;
    EXPECT_EQ(last_message_, "Policy contains a statement with one or more invalid principals.");
    kms::CreateKeyRequest create;
    create.set_policy(KeyPolicyFor(principal));
    EXPECT_EQ(Outcome("CreateKey", create), kMalformed);
  }
}

TEST_F(LastingPrincipals, AreEverybodyAccountsAndServicesAsWell) {
  world_.Enrol("999988887777");
  (void)MakeRole("worker");
  for (const std::string& principal :
       {Aws("*"), std::string(R"("*")"), Aws("999988887777"), Aws("arn:aws:iam::999988887777:root"),
        Aws("arn:aws:iam::999988887777:user/administrator"),
        std::string(R"({"Service":["s3.amazonaws.com","logs.eu-central-1.amazonaws.com"]})"),
        R"({"AWS":["111122223333",")" + ArnOfRole("worker") + R"("]})"}) {
    EXPECT_EQ(PutFor(principal), "done") << principal << last_message_;
    EXPECT_EQ(Shown(), KeyPolicyFor(principal));
  }
}

// With Deny and NotPrincipal nobody is spared by a name that another one has now.
TEST_F(LastingPrincipals, AreSparedByADenyOnlyThemselves) {
  const std::string admin = Administrator().arn;
  const auto policy = [&](const std::string& spared) {
    return PolicyOf(AllowingTo(Aws("*"), "kms:*") +
                    R"(,{"Effect":"Deny","NotPrincipal":{"AWS":[")" + admin + R"(",")" + spared +
                    R"(","111122223333"]},"Action":"kms:DescribeKey","Resource":"*"})");
  };
  const domain::Principal first = MakeUser("anna");
  ASSERT_EQ(Put(policy(first.arn)), "done");
  EXPECT_EQ(DescribeKey(first, key_), "done");
  DeleteUser("anna");
  EXPECT_EQ(DescribeKey(MakeUser("anna"), key_), kRefused);
  EXPECT_EQ(DescribeKey(Administrator(), key_), "done");
}

TEST_F(LastingPrincipals, OfATrustPolicyHaveToBeThere) {
  iam::CreateRoleRequest request;
  request.set_role_name("worker");
  for (const std::string& principal : {Aws(ArnOfUser("anna")), Aws("999988887777"),
                                       Aws("AIDAEXAMPLE"), Aws(ArnOfRole("worker"))}) {
    const std::string trust = PolicyOf(AllowingTo(principal, "sts:AssumeRole"));
    request.set_assume_role_policy_document(trust);
    EXPECT_EQ(Outcome("CreateRole", request), "MalformedPolicyDocument") << principal;
    EXPECT_THAT(last_message_, HasSubstr("Invalid principal in policy: \"AWS\":"));
  }
  (void)MakeRole("worker");
  iam::UpdateAssumeRolePolicyRequest update;
  update.set_role_name("worker");
  update.set_policy_document(request.assume_role_policy_document());
  EXPECT_EQ(Outcome("UpdateAssumeRolePolicy", update), "done") << last_message_;
  EXPECT_EQ(TrustOf("worker"), update.policy_document());
}

TEST_F(LastingPrincipals, OfATrustPolicyAreNotThoseWhoComeAfterThem) {
  const domain::Principal first = MakeUser("anna");
  (void)MakeRole("worker", Aws(first.arn));
  EXPECT_THAT(TrustOf("worker"), HasSubstr(first.arn));
  DeleteUser("anna");
  const domain::Principal second = MakeUser("anna");
  EXPECT_THAT(TrustOf("worker"), HasSubstr(first.user_id));
  const auto role = world_.catalog.Find<records::Role>(records::RoleRow(kAccount, "worker"));
  const auto trust = policy::Policy::Compile((*role)->trust_policy, policy::PolicyKind::kTrust);
  ASSERT_TRUE(trust);
  EXPECT_NE((*trust)->statements()[0].MatchesPrincipal(first), policy::PrincipalMatch::kNone);
  EXPECT_EQ((*trust)->statements()[0].MatchesPrincipal(second), policy::PrincipalMatch::kNone);
}

TEST_F(LastingPrincipals, OfAGrantAreNotThoseWhoComeAfterThem) {
  const domain::Principal first = MakeUser("anna");
  ASSERT_EQ(Grant(first.arn, first.arn), "done");
  EXPECT_EQ(DescribeKey(first, key_), "done");
  EXPECT_EQ(Retirable(first.arn), 1);
  DeleteUser("anna");
  const domain::Principal second = MakeUser("anna");
  EXPECT_EQ(DescribeKey(second, key_), kRefused);
  EXPECT_EQ(Retirable(first.arn), 0);
  EXPECT_EQ(OnlyGrant().grantee_principal(), first.user_id);
  EXPECT_EQ(OnlyGrant().retiring_principal(), first.user_id);
  EXPECT_FALSE(OnlyGrant(first.arn).has_grant_id());
  kms::RetireGrantRequest retire;
  retire.set_key_id(key_);
  retire.set_grant_id(OnlyGrant().grant_id());
  EXPECT_EQ(Outcome(second, "RetireGrant", retire), kRefused);
  EXPECT_EQ(Outcome(first, "RetireGrant", retire), kGone);
}

TEST_F(LastingPrincipals, OfAGrantAreRolesToo) {
  const domain::Principal first = MakeRole("worker");
  ASSERT_EQ(Grant(ArnOfRole("worker")), "done");
  EXPECT_EQ(DescribeKey(first, key_), "done");
  EXPECT_EQ(OnlyGrant(ArnOfRole("worker")).grantee_principal(), ArnOfRole("worker"));
  DeleteRole("worker");
  EXPECT_EQ(DescribeKey(MakeRole("worker"), key_), kRefused);
  EXPECT_EQ(OnlyGrant().grantee_principal(), first.session->role_id);
}

TEST_F(LastingPrincipals, OfAGrantHaveToBeThere) {
  (void)MakeUser("anna");
  for (const std::string& principal :
       {ArnOfUser("otto"), ArnOfRole("anna"), ArnOfUser("Anna"),
        std::string("arn:aws:iam::999988887777:root"),
        std::string("arn:aws:sts::111122223333:federated-user/anna")}) {
    EXPECT_EQ(Grant(principal), "InvalidArnException") << principal;
    EXPECT_EQ(last_message_, "ARN does not refer to a valid principal: " + principal);
    EXPECT_EQ(Grant(ArnOfUser("anna"), principal), "InvalidArnException");
  }
}

// The same name and parameters, and yet another grant.
TEST_F(LastingPrincipals, OfANamedGrantAreAskedForAnew) {
  (void)MakeUser("anna");
  kms::CreateGrantRequest request;
  request.set_key_id(key_);
  request.set_grantee_principal(ArnOfUser("anna"));
  request.set_name("once");
  request.add_operations("DescribeKey");
  const auto first = Must<kms::CreateGrantResponse>("CreateGrant", request);
  DeleteUser("anna");
  (void)MakeUser("anna");
  EXPECT_NE(Must<kms::CreateGrantResponse>("CreateGrant", request).grant_id(), first.grant_id());
}

}  // namespace
}  // namespace kmaas::api
