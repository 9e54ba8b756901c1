// Check and use see the same bytes: names that look like others are refused, or are what they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/rights_fixture.h"
#include "tests/api/sts_world.h"

namespace kmaas::api {
namespace {

// Percent signs, slashes, blanks, NUL, wildcards, variables; letters of other alphabets, a letter
// with a combining mark, one of full width, a character without width; bytes that are no UTF-8.
const std::vector<std::string> kHostile = {"ja%6ee",
                                           "jane/",
                                           "x/jane",
                                           "x/../jane",
                                           "jane ",
                                           "\tjane",
                                           "jane\n",
                                           "ja ne",
                                           "ja:ne",
                                           "*",
                                           "jan?",
                                           "${aws:username}",
                                           "j\xD0\xB0ne",
                                           "jane\xCC\x81",
                                           "\xEF\xBD\x8A"
                                           "ane",
                                           "jane\xE2\x80\x8B",
                                           "jane\xC0\xAF",
                                           std::string("jane\0", 5),
                                           std::string("ja\0ne", 5)};

class Names : public Rights {
 protected:
  template <class Request>
  void ExpectRefused(const char* field, const std::string& name, Request request) {
    std::string operation = Request::descriptor()->name();
    operation.resize(operation.size() - std::string("Request").size());
    request.GetReflection()->SetString(&request, Request::descriptor()->FindFieldByName(field),
                                       name);
    const auto reply = world_.Send(operation, request);
    ASSERT_FALSE(reply) << operation << " " << name;
    EXPECT_EQ(reply.error().code, ErrorCode::kValidation) << operation << " " << name;
  }
  // What is refused lets nobody in; what is taken must not let Jane in.
  void ExpectNeverToLetJaneIn(const std::string& operation, const google::protobuf::Message& put,
                              const std::string& spelling) {
    (void)world_.Send(operation, put);
    EXPECT_FALSE(JaneEncrypts()) << spelling;
  }
  void TryPrincipal(const std::string& principal) {
    kms::PutKeyPolicyRequest request;
    request.set_key_id(arn_);
    request.set_policy(KeyPolicyWith(R"(,{"Effect":"Allow","Principal":{"AWS":")" + principal +
                                     R"("},"Action":"kms:Encrypt","Resource":"*"})"));
    ExpectNeverToLetJaneIn("PutKeyPolicy", request, principal);
  }
  void TryIdentityPolicy(const std::string& action, const std::string& resource) {
    iam::PutUserPolicyRequest request;
    request.set_user_name("jane");
    request.set_policy_name("own");
    request.set_policy_document(OneStatement("Allow", action, R"("Resource":")" + resource + "\""));
    ExpectNeverToLetJaneIn("PutUserPolicy", request, action + " on " + resource);
  }
};

TEST_F(Names, OfIdentitiesHaveOneSpelling) {
  for (const std::string& name : kHostile) {
    ExpectRefused("user_name", name, iam::CreateUserRequest());
    ExpectRefused("group_name", name, iam::CreateGroupRequest());
    iam::CreateRoleRequest role;
    role.set_assume_role_policy_document("{}");
    ExpectRefused("role_name", name, role);
    iam::CreatePolicyRequest policy;
    policy.set_policy_document(OneStatement("Allow", "kms:*"));
    ExpectRefused("policy_name", name, policy);
    ExpectRefused("virtual_mfa_device_name", name, iam::CreateVirtualMFADeviceRequest());
    iam::PutUserPolicyRequest inline_policy;
    inline_policy.set_user_name("jane");
    inline_policy.set_policy_document(OneStatement("Allow", "kms:*"));
    ExpectRefused("policy_name", name, inline_policy);
  }
}

TEST_F(Names, OfPrincipalsInAKeyPolicyLetInNobodyElse) {
  const std::string user = "arn:aws:iam::111122223333:user/";
  TryPrincipal(user + "Jane");
  for (const char* name :
       {"jane/", "/jane", "x/../jane", "./jane", "../user/jane", "%6aane", "jane%00",
        R"(jane\u0000)", R"(jane\u0000x)", "j\xD0\xB0ne", R"(j\u0430ne)", R"(jane\u200b)",
        R"(\uff4aane)", "jan?", "jan*", " jane", "jane "})
    TryPrincipal(user + name);
  for (const char* arn :
       {"ARN:aws:iam::111122223333:user/jane", "arn:aws:iam::111122223333:USER/jane",
        "arn:aws:iam:eu-central-1:111122223333:user/jane", "arn:aws:sts::111122223333:user/jane",
        "arn:aws-cn:iam::111122223333:user/jane", "arn:aws:iam::111122223333:role/jane",
        " arn:aws:iam::111122223333:user/jane", "arn:aws:iam::011122223333:user/jane", "jane"})
    TryPrincipal(arn);
  PutKeyPolicy(KeyPolicyWith(R"(,{"Effect":"Allow","Principal":{"AWS":")" + user +
                             R"(jane"},"Action":"kms:Encrypt","Resource":"*"})"),
               arn_);
  EXPECT_TRUE(JaneEncrypts());
}

TEST_F(Names, OfKeysAndActionsInAnIdentityPolicyMeanNoOthers) {
  const std::string id = arn_.substr(arn_.rfind('/') + 1);
  const std::string keys = arn_.substr(0, arn_.size() - id.size());
  for (const std::string& near :
       {keys + "../key/" + id, keys + "/" + id, arn_ + "/", arn_ + R"(\u0000)", arn_ + " ",
        " " + arn_, keys + "%" + id, keys + "{" + id + "}", id, "key/" + id, arn_ + R"(\u200b)",
        "arn:aws:kms:eu-central-1:111122223333:KEY/" + id,
        "arn:aws:kms:eu-central-1:111122223333:alias/" + id, "arn:aws:kms::111122223333:key/" + id,
        "arn:aws:kms:EU-CENTRAL-1:111122223333:key/" + id})
    TryIdentityPolicy("kms:Encrypt", near);
  for (const char* near :
       {"kms:Encrypt ", " kms:Encrypt", R"(kms:Encrypt\u0000)", R"(kms:\u0395ncrypt)",
        "kms:%45ncrypt", "kms:Encryp", "kms:Encrypt?", "km:Encrypt", "kms.Encrypt", "Encrypt",
        R"(kms:Encrypt\u200b)", "kms::Encrypt", "iam:Encrypt"})
    TryIdentityPolicy(near, "*");
  PutUserPolicy(OneStatement("Allow", "KMS:encrypt", R"("Resource":")" + arn_ + "\""));
  EXPECT_TRUE(JaneEncrypts());
}

// A session's name is the end of its ARN.
class SessionNames : public testing::Test, protected StsWorld {
 protected:
  void ExpectRefused(const sts::AssumeRoleRequest& request, const std::string& name) {
    const auto reply = Assume(Jane(), request);
    ASSERT_FALSE(reply) << name;
    EXPECT_EQ(reply.error().code, ErrorCode::kValidation) << name;
  }
};

TEST_F(SessionNames, HaveOneSpelling) {
  ASSERT_TRUE(Assume(Jane(), Request()));
  for (const std::string& name : kHostile) {
    sts::AssumeRoleRequest request = Request();
    request.set_role_session_name(name);
    ExpectRefused(request, name);
    request = Request();
    request.set_source_identity(name);
    ExpectRefused(request, name);
  }
}

}  // namespace
}  // namespace kmaas::api
