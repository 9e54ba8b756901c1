// What an operator is told about a decision that nobody has asked for yet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/rights_fixture.h"

namespace kmaas::api {
namespace {

using core::PolicyAuthoriser;
using testing::ElementsAre;
using testing::HasSubstr;

class Explanations : public Rights {
 protected:
  std::string Grant(const std::string& tenant) {
    kms::CreateGrantRequest request;
    request.set_key_id(arn_);
    request.set_grantee_principal(kJaneArn);
    request.add_operations("Decrypt");
    if (!tenant.empty()) {
      auto& subset = *request.mutable_constraints()->mutable_encryption_context_subset();
      subset["tenant"] = tenant;
    }
    return world_.Must<kms::CreateGrantResponse>("CreateGrant", request).grant_id();
  }
  PolicyAuthoriser::Explanation Explain(const domain::Principal& who, PolicyAuthoriser::About about,
                                        const char* action = "kms:Decrypt") {
    const std::string id = arn_.substr(arn_.rfind('/') + 1);
    const auto key =
        *world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, *domain::KeyId::Parse(id)));
    return *world_.authoriser.Explain({.principal = who, .action = action, .key = key.get()},
                                      about);
  }
};

// Whoever asks who could decrypt must not miss one who could with the right encryption context.
TEST_F(Explanations, AssumeTheContextThatAGrantWantsAndSaySo) {
  const std::string id = Grant("blue");
  const auto could = Explain(jane_, PolicyAuthoriser::About::kAnyRequest);
  EXPECT_TRUE(could.allowed);
  EXPECT_EQ(could.deciding_statement, "grant " + id);
  EXPECT_THAT(could.remaining,
              ElementsAre("if the encryption context contains tenant=blue (grant " + id + ")"));
  EXPECT_FALSE(Explain(jane_, PolicyAuthoriser::About::kThisRequest).allowed);
}

TEST_F(Explanations, TellOfTheGrantThatWantsLeast) {
  (void)Grant("blue");
  const std::string id = Grant("");
  (void)Grant("red");
  const auto could = Explain(jane_, PolicyAuthoriser::About::kAnyRequest);
  EXPECT_EQ(could.deciding_statement, "grant " + id);
  EXPECT_THAT(could.remaining, ElementsAre());
}

// A stranger's own policies are his account's business: he is told the same as of a missing key.
TEST_F(Explanations, SayWhatTheCallerIsTold) {
  constexpr auto kThis = PolicyAuthoriser::About::kThisRequest;
  EXPECT_THAT(Explain(jane_, kThis).message, HasSubstr("because no identity-based policy allows"));
  world_.Enrol("999988887777");
  PutKeyPolicy(KeyPolicyWith(R"(,{"Effect":"Allow","Principal":{"AWS":"999988887777"},)"
                             R"("Action":"kms:*","Resource":"*"})"),
               arn_);
  records::User namesake;
  namesake.account = "999988887777";
  namesake.name = "jane";
  namesake.path = "/";
  namesake.user_id = "AIDASTRANGER";
  world_.Put(namesake);
  domain::Principal stranger = jane_;
  stranger.account = "999988887777";
  stranger.arn = "arn:aws:iam::999988887777:user/jane";
  stranger.user_id = namesake.user_id;
  const auto told = Explain(stranger, kThis);
  EXPECT_EQ(told.message, core::ForeignKeyDenied(stranger, "kms:Decrypt", arn_).message);
  EXPECT_EQ(told.deciding_statement, "no identity policy allows");
}

TEST_F(Explanations, SayWhatNoPolicyLetsAnotherAccountDo) {
  world_.Enrol("999988887777");
  PutKeyPolicy(KeyPolicyWith(R"(,{"Effect":"Allow","Principal":{"AWS":"999988887777"},)"
                             R"("Action":"kms:*","Resource":"*"})"),
               arn_);
  const domain::Principal stranger = Administrator("999988887777");
  constexpr auto kAny = PolicyAuthoriser::About::kAnyRequest;
  EXPECT_TRUE(Explain(stranger, kAny, "kms:Decrypt").allowed);
  EXPECT_TRUE(Explain(stranger, kAny, "kms:RevokeGrant").allowed);
  const auto told = Explain(stranger, kAny, "kms:ScheduleKeyDeletion");
  EXPECT_FALSE(told.allowed);
  EXPECT_THAT(told.deciding_statement, HasSubstr("the caller's own account only"));
  EXPECT_EQ(told.message,
            core::ForeignKeyDenied(stranger, "kms:ScheduleKeyDeletion", arn_).message);
}

}  // namespace
}  // namespace kmaas::api
