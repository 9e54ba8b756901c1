// Goal: who may list what a principal may retire is for identity policies to say, about no key.
#include "tests/api/iam_fixture.h"

namespace kmaas::api {
namespace {

class ListRetirable : public IamWorld {
 protected:
  ListRetirable() : key_(world_.MakeKey()) {}

  std::string List(const domain::Principal& caller, const std::string& principal) {
    kms::ListRetirableGrantsRequest request;
    request.set_retiring_principal(principal);
    return Outcome(caller, "ListRetirableGrants", request);
  }
  static std::string On(const std::string& resource) {
    return PolicyOf(R"({"Effect":"Allow","Action":"kms:ListRetirableGrants","Resource":")" +
                    resource + R"("})");
  }

  const std::string key_;
};

TEST_F(ListRetirable, IsAllowedByAnIdentityPolicyOnEverything) {
  const domain::Principal anna = MakeUser("anna", On("*"));
  (void)MakeUser("otto");
  EXPECT_EQ(List(anna, ArnOfUser("anna")), "done");
  EXPECT_EQ(List(anna, ArnOfUser("otto")), "done");
}

TEST_F(ListRetirable, IsNotAllowedOnAKeyNorByAKeyPolicy) {
  const domain::Principal anna = MakeUser("anna", On(key_));
  kms::PutKeyPolicyRequest put;
  put.set_key_id(key_);
  put.set_policy(PolicyOf(AllowingTo(Aws("*"), "kms:*")));
  ASSERT_EQ(Outcome("PutKeyPolicy", put), "done");
  kms::CreateGrantRequest grant;
  grant.set_key_id(key_);
  grant.set_grantee_principal(anna.arn);
  grant.set_retiring_principal(anna.arn);
  grant.add_operations("RetireGrant");
  ASSERT_EQ(Outcome("CreateGrant", grant), "done");
  EXPECT_EQ(List(anna, anna.arn), "AccessDeniedException");
}

TEST_F(ListRetirable, IsOfPrincipalsOfTheOwnAccount) {
  world_.Enrol("999988887777");
  const domain::Principal anna = MakeUser("anna", On("*"));
  EXPECT_EQ(List(anna, "arn:aws:iam::999988887777:user/administrator"), "AccessDeniedException");
  EXPECT_EQ(List(anna, "arn:aws:iam::999988887777:root"), "AccessDeniedException");
  EXPECT_EQ(List(anna, "arn:aws:iam::111122223333:root"), "done");
}

}  // namespace
}  // namespace kmaas::api
