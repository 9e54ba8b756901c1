// Which resource the authorisation of a call of IAM is asked about: what policies are written for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kmaas/iam/v1/iam.pb.h"
#include "tests/api/environment.h"
#include "tests/api/requests.h"

namespace kmaas::api {
namespace {

namespace iam = ::kmaas::iam::v1;
using testing::ElementsAre;

// Lets everything pass, and remembers the resources.
class Listener final : public core::Authoriser {
 public:
  Result<core::Verdict> Decide(const core::AccessQuestion& question) override {
    resources.emplace_back(question.resource);
    if (denies) return Error{ErrorCode::kAccessDenied, "denied"};
    return core::Verdict{"allowed", nullptr};
  }
  std::vector<std::string> resources;
  bool denies = false;
};

class IamResources : public testing::Test {
 protected:
  IamResources() : pipeline_(world_.registry, world_.services, listener_) {
    iam::CreateUserRequest user;
    user.set_user_name("Alice");
    user.set_path("/division/");
    (void)world_.Must<iam::CreateUserResponse>("CreateUser", user);
  }
  std::vector<std::string> Asked(const std::string& operation,
                                 const google::protobuf::Message& request) {
    listener_.resources.clear();
    DirectCall call(operation, request, Administrator(), Deadline::Never());
    reply_ = pipeline_.Serve(call).has_value();
    return listener_.resources;
  }
  template <class Request>
  std::vector<std::string> AskedOnUser(const std::string& operation, const std::string& name) {
    Request request;
    request.set_user_name(name);
    return Asked(operation, request);
  }

  Environment world_;
  Listener listener_;
  core::Pipeline pipeline_;
  bool reply_ = false;
};

constexpr char kAlice[] = "arn:aws:iam::111122223333:user/division/Alice";

TEST_F(IamResources, AreEntitiesWithTheirPaths) {
  EXPECT_THAT(AskedOnUser<iam::GetUserRequest>("GetUser", "Alice"), ElementsAre(kAlice));
  EXPECT_TRUE(reply_);
  EXPECT_THAT(AskedOnUser<iam::ListAccessKeysRequest>("ListAccessKeys", "Alice"),
              ElementsAre(kAlice));
}

// Nobody learns from the question whether there is such a user, and another spelling names nobody.
TEST_F(IamResources, OfWhatIsNotThereLieAtTheRoot) {
  EXPECT_THAT(AskedOnUser<iam::GetUserRequest>("GetUser", "bob"),
              ElementsAre("arn:aws:iam::111122223333:user/bob"));
  EXPECT_THAT(AskedOnUser<iam::GetUserRequest>("GetUser", "alice"),
              ElementsAre("arn:aws:iam::111122223333:user/alice"));
  EXPECT_FALSE(reply_);
}

TEST_F(IamResources, OfTheCallerAreItsOwn) {
  EXPECT_THAT(Asked("GetUser", iam::GetUserRequest()),
              ElementsAre("arn:aws:iam::111122223333:user/administrator"));
  EXPECT_THAT(Asked("CreateAccessKey", iam::CreateAccessKeyRequest()),
              ElementsAre("arn:aws:iam::111122223333:user/administrator"));
}

TEST_F(IamResources, OfWhatIsMadeHaveThePathOfTheRequest) {
  iam::CreateRoleRequest role;
  role.set_role_name("worker");
  role.set_path("/jobs/");
  role.set_assume_role_policy_document("{}");
  EXPECT_THAT(Asked("CreateRole", role), ElementsAre("arn:aws:iam::111122223333:role/jobs/worker"));
  iam::CreateVirtualMFADeviceRequest device;
  device.set_virtual_mfa_device_name("phone");
  EXPECT_THAT(Asked("CreateVirtualMFADevice", device),
              ElementsAre("arn:aws:iam::111122223333:mfa/phone"));
}

TEST_F(IamResources, OfAMoveAreBothPlaces) {
  iam::UpdateUserRequest request;
  request.set_user_name("Alice");
  request.set_new_path("/other/");
  EXPECT_THAT(Asked("UpdateUser", request),
              ElementsAre(kAlice, "arn:aws:iam::111122223333:user/other/Alice"));
  request.clear_new_path();
  request.set_new_user_name("Alicia");
  request.set_user_name("Alice");
  EXPECT_THAT(Asked("UpdateUser", request),
              ElementsAre("arn:aws:iam::111122223333:user/other/Alice",
                          "arn:aws:iam::111122223333:user/other/Alicia"));
}

TEST_F(IamResources, OfListingsAreTheirPaths) {
  EXPECT_THAT(Asked("ListUsers", iam::ListUsersRequest()),
              ElementsAre("arn:aws:iam::111122223333:user/"));
  iam::ListRolesRequest roles;
  roles.set_path_prefix("/jobs/");
  EXPECT_THAT(Asked("ListRoles", roles), ElementsAre("arn:aws:iam::111122223333:role/jobs/"));
  EXPECT_THAT(Asked("GetAccountSummary", iam::GetAccountSummaryRequest()), ElementsAre("*"));
}

TEST_F(IamResources, OfPoliciesAndDevicesAreTheArnsThatWereGiven) {
  iam::GetPolicyRequest policy;
  policy.set_policy_arn("arn:aws:iam::aws:policy/AdministratorAccess");
  EXPECT_THAT(Asked("GetPolicy", policy), ElementsAre(policy.policy_arn()));
  iam::DeleteVirtualMFADeviceRequest device;
  device.set_serial_number("arn:aws:iam::999988887777:mfa/phone");
  EXPECT_THAT(Asked("DeleteVirtualMFADevice", device), ElementsAre(device.serial_number()));
  EXPECT_FALSE(reply_);
}

TEST_F(IamResources, OfAnAccessKeyIsItsUser) {
  iam::CreateAccessKeyRequest create;
  create.set_user_name("Alice");
  iam::GetAccessKeyLastUsedRequest request;
  request.set_access_key_id(world_.Must<iam::CreateAccessKeyResponse>("CreateAccessKey", create)
                                .access_key()
                                .access_key_id());
  EXPECT_THAT(Asked("GetAccessKeyLastUsed", request), ElementsAre(kAlice));
  request.set_access_key_id("AKIAABSENTABSENT");
  EXPECT_THAT(Asked("GetAccessKeyLastUsed", request), ElementsAre("*"));
}

TEST_F(IamResources, OfEveryCallAreRecordedAndARefusalChangesNothing) {
  listener_.denies = true;
  const std::uint64_t changes = world_.store.changes();
  EXPECT_THAT(AskedOnUser<iam::DeleteUserRequest>("DeleteUser", "Alice"), ElementsAre(kAlice));
  EXPECT_FALSE(reply_);
  EXPECT_EQ(world_.store.changes(), changes);
  EXPECT_EQ(world_.audit.records().back().resources.front().arn, kAlice);
}

}  // namespace
}  // namespace kmaas::api
