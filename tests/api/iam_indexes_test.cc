// Goal: index rows say what the records say, whatever was done and whatever failed. Method: after
// each step of a script that has all changes of index rows, they are derived from the records and
// compared.
#include <gtest/gtest.h>

#include <set>

#include "identity/sealed_secrets.h"
#include "kmaas/iam/v1/iam.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace iam = ::kmaas::iam::v1;

constexpr char kPolicy[] = "arn:aws:iam::aws:policy/AdministratorAccess";

class IamIndexes : public testing::Test {
 protected:
  template <class T>
  std::vector<T> All() {
    std::vector<T> all;
    const auto rows = world_.store.List({records::Table<T>::kName, ""});
    for (const ports::Row& row : *rows) all.push_back(*records::Table<T>::Decode(row.value));
    return all;
  }
  template <class T>
  std::set<std::string> RowKeys() {
    std::set<std::string> keys;
    const auto rows = world_.store.List({records::Table<T>::kName, ""});
    for (const ports::Row& row : *rows) keys.insert(row.key);
    return keys;
  }
  template <class T>
  static void Derive(const T& entity, std::set<std::string>& uses) {
    for (const std::string& policy : entity.policies.attached)
      uses.insert(records::Table<records::PolicyUse>::RowKey({policy, entity.arn(), false}));
  }
  void ExpectWhole(const std::string& after) {
    std::set<std::string> uses;
    std::set<std::string> members;
    std::set<std::string> keys;
    for (const auto& user : All<records::User>()) {
      Derive(user, uses);
      if (!user.permissions_boundary.empty())
        uses.insert(records::Table<records::PolicyUse>::RowKey(
            {user.permissions_boundary, user.arn(), true}));
      for (const std::string& group : user.groups)
        members.insert(
            records::Table<records::GroupMember>::RowKey({user.account, group, user.name}));
    }
    for (const auto& group : All<records::Group>()) Derive(group, uses);
    for (const auto& key : All<records::StoredAccessKey>())
      keys.insert(
          records::Table<records::UserAccessKey>::RowKey({key.account, key.user_name, key.id}));
    EXPECT_EQ(RowKeys<records::PolicyUse>(), uses) << after;
    EXPECT_EQ(RowKeys<records::GroupMember>(), members) << after;
    EXPECT_EQ(RowKeys<records::UserAccessKey>(), keys) << after;
  }
  void Do(const std::string& operation, const google::protobuf::Message& request) {
    const auto reply = world_.Send(operation, request);
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    ExpectWhole(operation);
  }
  // Requests that name a user, a group, and perhaps a policy.
  template <class Request>
  static Request On(const char* user, const char* group = nullptr) {
    Request request;
    if constexpr (requires { request.set_user_name(user); }) request.set_user_name(user);
    if constexpr (requires { request.set_group_name(group); }) request.set_group_name(group);
    if constexpr (requires { request.set_policy_arn(kPolicy); }) request.set_policy_arn(kPolicy);
    if constexpr (requires { request.set_permissions_boundary(kPolicy); })
      request.set_permissions_boundary(kPolicy);
    return request;
  }
  void Fill() {
    Do("CreateUser", On<iam::CreateUserRequest>("alice"));
    Do("CreateGroup", On<iam::CreateGroupRequest>(nullptr, "readers"));
    Do("AddUserToGroup", On<iam::AddUserToGroupRequest>("alice", "readers"));
    Do("AttachUserPolicy", On<iam::AttachUserPolicyRequest>("alice"));
    Do("AttachGroupPolicy", On<iam::AttachGroupPolicyRequest>(nullptr, "readers"));
    Do("CreateAccessKey", On<iam::CreateAccessKeyRequest>("alice"));
  }
  void Move(const char* user, const char* new_user, const char* group, const char* new_group) {
    auto move = On<iam::UpdateUserRequest>(user);
    move.set_new_user_name(new_user);
    move.set_new_path("/moved/");
    Do("UpdateUser", move);
    auto rename = On<iam::UpdateGroupRequest>(nullptr, group);
    rename.set_new_group_name(new_group);
    Do("UpdateGroup", rename);
  }

  Environment world_;
};

TEST_F(IamIndexes, FollowEveryChange) {
  const std::set<std::string> before = RowKeys<records::PolicyUse>();
  Fill();
  Move("alice", "alicia", "readers", "viewers");
  Do("PutUserPermissionsBoundary", On<iam::PutUserPermissionsBoundaryRequest>("alicia"));
  Move("alicia", "Alicia", "viewers", "Viewers");
  Do("DeleteUserPermissionsBoundary", On<iam::DeleteUserPermissionsBoundaryRequest>("Alicia"));
  Do("DetachUserPolicy", On<iam::DetachUserPolicyRequest>("Alicia"));
  Do("DetachGroupPolicy", On<iam::DetachGroupPolicyRequest>(nullptr, "Viewers"));
  Do("RemoveUserFromGroup", On<iam::RemoveUserFromGroupRequest>("Alicia", "Viewers"));
  auto remove = On<iam::DeleteAccessKeyRequest>("Alicia");
  remove.set_access_key_id(All<records::StoredAccessKey>().front().id);
  Do("DeleteAccessKey", remove);
  Do("DeleteUser", On<iam::DeleteUserRequest>("Alicia"));
  Do("DeleteGroup", On<iam::DeleteGroupRequest>(nullptr, "Viewers"));
  EXPECT_EQ(RowKeys<records::PolicyUse>(), before);
}

// The secret is bound to the name, so a rename that forgets it would lock the user out.
TEST_F(IamIndexes, LetTheSecretOfARenamedUserOpen) {
  Fill();
  Move("alice", "bob", "readers", "viewers");
  identity::SealedSecrets secrets(world_.engine, world_.random);
  const records::StoredAccessKey key = All<records::StoredAccessKey>().front();
  EXPECT_EQ(key.user_name, "bob");
  EXPECT_TRUE(secrets.Open(key, Deadline::Never()));
}

TEST_F(IamIndexes, StayWholeWhicheverCallOfTheHsmFailsInARename) {
  Fill();
  auto move = On<iam::UpdateUserRequest>("alice");
  move.set_new_user_name("bob");
  bool moved = false;
  for (std::uint64_t n = 1; !moved; ++n) {
    ASSERT_LT(n, 50U);
    world_.engine.FailCall(n, {ErrorCode::kDependencyTimeout, "", "the token is away"});
    moved = world_.Send("UpdateUser", move).has_value();
    ExpectWhole("call " + std::to_string(n));
  }
}

}  // namespace
}  // namespace kmaas::api
