// Classes of defects that have hit key management systems (docs/threat-model.md), in what decides
// who may do what: rights that outlive their revocation, fall open, or come by way of another name.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "tests/api/rights_fixture.h"

namespace kmaas::api {
namespace {

using Step = std::function<void()>;

class RightsRegression : public Rights {
 protected:
  // Gives and takes twice: what the first round has left in a cache must not matter in the second.
  void ExpectToBindTheNextCall(const Step& give, const Step& take) {
    for (int round = 0; round < 2; ++round) {
      EXPECT_FALSE(JaneEncrypts()) << "before, round " << round;
      give();
      EXPECT_TRUE(JaneEncrypts()) << "given, round " << round;
      take();
    }
    EXPECT_FALSE(JaneEncrypts()) << "taken";
  }
  template <class Request>
  static void SetText(Request& request, const char* field, const std::string& value) {
    const auto* descriptor = Request::descriptor()->FindFieldByName(field);
    request.GetReflection()->SetString(&request, descriptor, value);
  }
  // A call with these members by the administrator.
  template <class Request>
  Step Asking(std::initializer_list<std::pair<const char*, std::string>> members) {
    Request request;
    for (const auto& [field, value] : members) SetText(request, field, value);
    return [this, request] { Do(request); };
  }
};

const std::string kAllowEncrypt = OneStatement("Allow", "kms:Encrypt");

TEST_F(RightsRegression, AKeyPolicyBindsTheNextCall) {
  const std::string jane = R"(,{"Effect":"Allow","Principal":{"AWS":")" + std::string(kJaneArn) +
                           R"("},"Action":"kms:Encrypt","Resource":"*"})";
  ExpectToBindTheNextCall([&] { PutKeyPolicy(KeyPolicyWith(jane), arn_); },
                          [&] { PutKeyPolicy(KeyPolicyWith(), arn_); });
}

TEST_F(RightsRegression, AnInlinePolicyBindsTheNextCall) {
  const Step give = [&] { PutUserPolicy(kAllowEncrypt); };
  ExpectToBindTheNextCall(
      give, Asking<iam::DeleteUserPolicyRequest>({{"user_name", "jane"}, {"policy_name", "own"}}));
  ExpectToBindTheNextCall(give, [&] { PutUserPolicy(OneStatement("Deny", "kms:*")); });
}

TEST_F(RightsRegression, AManagedPolicyBindsTheNextCall) {
  Asking<iam::CreatePolicyRequest>({{"policy_name", "use"}, {"policy_document", kAllowEncrypt}})();
  const std::string policy = "arn:aws:iam::111122223333:policy/use";
  const Step attach =
      Asking<iam::AttachUserPolicyRequest>({{"user_name", "jane"}, {"policy_arn", policy}});
  ExpectToBindTheNextCall(attach, Asking<iam::DetachUserPolicyRequest>(
                                      {{"user_name", "jane"}, {"policy_arn", policy}}));
  Asking<iam::CreatePolicyVersionRequest>(
      {{"policy_arn", policy}, {"policy_document", OneStatement("Allow", "kms:ListKeys")}})();
  const auto version = [&](const char* id) {
    return Asking<iam::SetDefaultPolicyVersionRequest>(
        {{"policy_arn", policy}, {"version_id", id}});
  };
  version("v2")();
  attach();
  ExpectToBindTheNextCall(version("v1"), version("v2"));
}

TEST_F(RightsRegression, AGroupBindsTheNextCall) {
  Asking<iam::CreateGroupRequest>({{"group_name", "users"}})();
  const Step give = Asking<iam::PutGroupPolicyRequest>(
      {{"group_name", "users"}, {"policy_name", "use"}, {"policy_document", kAllowEncrypt}});
  give();
  const Step join =
      Asking<iam::AddUserToGroupRequest>({{"group_name", "users"}, {"user_name", "jane"}});
  ExpectToBindTheNextCall(join, Asking<iam::RemoveUserFromGroupRequest>(
                                    {{"group_name", "users"}, {"user_name", "jane"}}));
  join();
  const Step take =
      Asking<iam::DeleteGroupPolicyRequest>({{"group_name", "users"}, {"policy_name", "use"}});
  take();
  ExpectToBindTheNextCall(give, take);
}

TEST_F(RightsRegression, ABoundaryBindsTheNextCall) {
  Asking<iam::CreatePolicyRequest>(
      {{"policy_name", "narrow"}, {"policy_document", OneStatement("Allow", "kms:ListKeys")}})();
  const Step narrow = Asking<iam::PutUserPermissionsBoundaryRequest>(
      {{"user_name", "jane"}, {"permissions_boundary", "arn:aws:iam::111122223333:policy/narrow"}});
  PutUserPolicy(kAllowEncrypt);
  narrow();
  ExpectToBindTheNextCall(
      Asking<iam::DeleteUserPermissionsBoundaryRequest>({{"user_name", "jane"}}), narrow);
}

TEST_F(RightsRegression, AGrantBindsTheNextCall) {
  kms::CreateGrantRequest wanted;
  wanted.set_key_id(arn_);
  wanted.set_grantee_principal(kJaneArn);
  wanted.add_operations("Encrypt");
  kms::RevokeGrantRequest gone;
  gone.set_key_id(arn_);
  const Step give = [&] {
    gone.set_grant_id(world_.Must<kms::CreateGrantResponse>("CreateGrant", wanted).grant_id());
  };
  ExpectToBindTheNextCall(give, [&] { Do(gone); });
}

TEST_F(RightsRegression, ATagOfAUserOrAKeyBindsTheNextCall) {
  PutUserPolicy(OneStatement("Allow", "kms:Encrypt",
                             R"("Resource":"*","Condition":{"StringEquals":)"
                             R"({"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}})"));
  kms::TagResourceRequest key;
  key.set_key_id(arn_);
  key.add_tags()->set_tag_key("team");
  key.mutable_tags(0)->set_tag_value("blue");
  iam::TagUserRequest user;
  user.set_user_name("jane");
  user.add_tags()->set_key("team");
  user.mutable_tags(0)->set_value("blue");
  iam::UntagUserRequest bare;
  bare.set_user_name("jane");
  bare.add_tag_keys("team");
  kms::UntagResourceRequest bare_key;
  bare_key.set_key_id(arn_);
  bare_key.add_tag_keys("team");
  Do(key);
  ExpectToBindTheNextCall([&] { Do(user); }, [&] { Do(bare); });
  Do(user);
  Do(bare_key);
  ExpectToBindTheNextCall([&] { Do(key); }, [&] { Do(bare_key); });
}

// Callers that fill the caches all the while: none gets through after the change was acknowledged.
TEST_F(RightsRegression, NoCallThatBeginsAfterAnAcknowledgedDenySucceeds) {
  std::atomic<int> epoch{0};  // odd: from an acknowledged deny to the next allow
  std::atomic<bool> stop{false};
  std::atomic<int> violations{0};
  PutUserPolicy(kAllowEncrypt);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&] {
      while (!stop) {
        const int before = epoch;
        const bool succeeded = JaneEncrypts();
        if (before % 2 == 1 && epoch == before && succeeded) ++violations;
      }
    });
  }
  for (int round = 0; round < 100; ++round) {
    PutUserPolicy(OneStatement("Deny", "*"));
    ++epoch;
    for (int look = 0; look < 5; ++look) EXPECT_FALSE(JaneEncrypts());
    ++epoch;
    PutUserPolicy(kAllowEncrypt);
    EXPECT_TRUE(JaneEncrypts());
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(violations, 0);
}

class FailingOpen : public Rights {
 protected:
  FailingOpen() { PutUserPolicy(kAllowEncrypt); }
  records::User Row() {
    return **world_.catalog.Find<records::User>(records::UserRow(kAccount, "jane"));
  }
  ErrorCode Refusal() {
    const auto reply = Encrypt(jane_, arn_);
    return reply ? ErrorCode::kAlreadyExists : reply.error().code;
  }
};

// One that cannot be read might have denied.
TEST_F(FailingOpen, NobodyActsByPoliciesOfWhichOneCannotBeRead) {
  ASSERT_TRUE(JaneEncrypts());
  records::User row = Row();
  row.policies.attached = {"arn:aws:iam::111122223333:policy/gone"};
  world_.Put(row);
  EXPECT_EQ(Refusal(), ErrorCode::kKmsInternal);
  row.policies.attached.clear();
  row.policies.inline_policies.push_back({"later", R"({"Version":"2027-01-01","Statement":[]})"});
  world_.Put(row);
  EXPECT_EQ(Refusal(), ErrorCode::kKmsInternal);
  row.policies.inline_policies.pop_back();
  row.groups = {"gone"};
  world_.Put(row);
  EXPECT_EQ(Refusal(), ErrorCode::kKmsInternal);
}

TEST_F(FailingOpen, NobodyUsesAKeyWhosePolicyCannotBeRead) {
  const std::string id = arn_.substr(arn_.rfind('/') + 1);
  const std::string name = records::KeyRow(kRegion, *domain::KeyId::Parse(id));
  records::KeyPolicy policy = **world_.catalog.Find<records::KeyPolicy>(name);
  policy.document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]})";
  world_.Put(policy);
  EXPECT_EQ(Refusal(), ErrorCode::kKmsInternal);
  EXPECT_FALSE(Encrypt(Administrator(), arn_));
}

// The key policy lets jane in by herself, so that her own Deny alone stands in her way: it must not
// go with her while a call of hers is on its way.
TEST_F(FailingOpen, NobodyActsWithoutHisOwnDenies) {
  PutKeyPolicy(KeyPolicyWith(R"(,{"Effect":"Allow","Principal":{"AWS":")" + std::string(kJaneArn) +
                             R"("},"Action":"kms:Encrypt","Resource":"*"})"),
               arn_);
  PutUserPolicy(OneStatement("Deny", "kms:*"));
  EXPECT_EQ(Refusal(), ErrorCode::kAccessDenied);
  Do([] {
    iam::DeleteUserPolicyRequest bare;
    bare.set_user_name("jane");
    bare.set_policy_name("own");
    return bare;
  }());
  EXPECT_TRUE(JaneEncrypts());
  iam::DeleteUserRequest gone;
  gone.set_user_name("jane");
  Do(gone);
  EXPECT_EQ(Refusal(), ErrorCode::kUnrecognizedClient);
}

class Deputy : public Rights {
 protected:
  template <class Request>
  static Request AliasRequest(const std::string& name, const std::string& key) {
    Request request;
    request.set_alias_name(name);
    request.set_target_key_id(key);
    return request;
  }
  std::string second_ = world_.MakeKey();
};

// A right that hangs on the name of an alias goes where the alias goes, and at once.
TEST_F(Deputy, ARightThroughAnAliasFollowsTheAlias) {
  PutUserPolicy(OneStatement("Allow", "kms:Encrypt",
                             R"("Resource":"*","Condition":{"ForAnyValue:StringEquals":)"
                             R"({"kms:ResourceAliases":"alias/open"}})"));
  EXPECT_FALSE(JaneEncrypts());
  Do(AliasRequest<kms::CreateAliasRequest>("alias/open", arn_));
  EXPECT_TRUE(JaneEncrypts());
  EXPECT_FALSE(JaneEncrypts(second_));
  Do(AliasRequest<kms::UpdateAliasRequest>("alias/open", second_));
  EXPECT_FALSE(JaneEncrypts());
  EXPECT_TRUE(JaneEncrypts(second_));
  kms::DeleteAliasRequest gone;
  gone.set_alias_name("alias/open");
  Do(gone);
  EXPECT_FALSE(JaneEncrypts(second_));
}

TEST_F(Deputy, ARightByTheNameOfAnAliasNeedsThatName) {
  PutUserPolicy(OneStatement(
      "Allow", "kms:Encrypt",
      R"("Resource":"*","Condition":{"StringEquals":{"kms:RequestAlias":"alias/open"}})"));
  Do(AliasRequest<kms::CreateAliasRequest>("alias/open", arn_));
  Do(AliasRequest<kms::CreateAliasRequest>("alias/other", arn_));
  EXPECT_TRUE(JaneEncrypts("alias/open"));
  EXPECT_TRUE(JaneEncrypts("arn:aws:kms:eu-central-1:111122223333:alias/open"));
  for (const std::string& name : {arn_, std::string("alias/other"), std::string("alias/Open"),
                                  std::string("alias/open/"), arn_.substr(arn_.rfind('/') + 1)})
    EXPECT_FALSE(JaneEncrypts(name)) << name;
}

// Whoever moves an alias moves what others do by it: the alias, the old key and the new one all
// have to let him.
TEST_F(Deputy, AnAliasIsMovedOnlyWithARightOnItAndOnBothKeys) {
  Do(AliasRequest<kms::CreateAliasRequest>("alias/app", arn_));
  const auto move = AliasRequest<kms::UpdateAliasRequest>("alias/app", second_);
  const std::vector<std::string> needed = {arn_, second_,
                                           "arn:aws:kms:eu-central-1:111122223333:alias/app"};
  for (std::size_t missing = 0; missing <= needed.size(); ++missing) {
    std::string resources;
    for (std::size_t one = 0; one < needed.size(); ++one) {
      if (one != missing) resources += (resources.empty() ? "\"" : ",\"") + needed[one] + "\"";
    }
    PutUserPolicy(OneStatement("Allow", "kms:UpdateAlias", R"("Resource":[)" + resources + "]"));
    EXPECT_EQ(world_.SendAs(jane_, "UpdateAlias", move).has_value(), missing == needed.size())
        << "without " << (missing == needed.size() ? "nothing" : needed[missing]);
  }
}

// What a stranger may use by its ARN he does not reach by a bare name, which means one of his own.
TEST_F(Deputy, ANameWithoutAnAccountIsOneOfTheCallers) {
  constexpr char kOther[] = "999988887777";
  world_.Enrol(kOther);
  Do(AliasRequest<kms::CreateAliasRequest>("alias/app", arn_));
  PutKeyPolicy(KeyPolicyWith(R"(,{"Effect":"Allow","Principal":{"AWS":"999988887777"},)"
                             R"("Action":"kms:Encrypt","Resource":"*"})"),
               arn_);
  const domain::Principal stranger = Administrator(kOther);
  EXPECT_TRUE(Encrypt(stranger, arn_));
  EXPECT_TRUE(Encrypt(stranger, "arn:aws:kms:eu-central-1:111122223333:alias/app"));
  EXPECT_FALSE(Encrypt(stranger, "alias/app"));
  EXPECT_FALSE(Encrypt(stranger, arn_.substr(arn_.rfind('/') + 1)));
}

}  // namespace
}  // namespace kmaas::api
