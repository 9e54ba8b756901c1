#include "cli/decision_question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/memory_store.h"

namespace kmaas::cli {
namespace {

using testing::HasSubstr;

constexpr char kId[] = "12345678-1234-4234-9234-123456789012";

class DecisionQuestionTest : public testing::Test {
 protected:
  DecisionQuestionTest() {
    domain::Key key;
    key.id = *domain::KeyId::Parse(kId);
    key.account = "111122223333";
    key.region = region_;
    EXPECT_TRUE(catalog_.Write([&](records::Changes& changes) { return changes.Put(key); },
                               Deadline::Never()));
  }
  DecisionQuestion::Terms Terms() { return {.catalog = catalog_, .regions = {region_}}; }
  std::string Refusal(const DecisionQuestion::Terms& terms) {
    const auto made = DecisionQuestion::Make(terms);
    return made ? "" : made.error().message;
  }

  fakes::MemoryStore store_;
  records::Catalog catalog_{store_};
  std::string region_ = "eu-central-1";
  domain::Principal nobody_;
};

// ReEncrypt needs two keys, and each for another action.
TEST_F(DecisionQuestionTest, IsAboutTheActionOnTheKeyThatIsMeant) {
  DecisionQuestion::Terms terms = Terms();
  terms.operation = "ReEncrypt";
  terms.key.text = kId;
  EXPECT_EQ((*DecisionQuestion::Make(terms))->For(nobody_).action, "kms:ReEncryptFrom");
  terms.target = 1;
  const auto question = DecisionQuestion::Make(terms);
  EXPECT_EQ((*question)->For(nobody_).action, "kms:ReEncryptTo");
  ASSERT_NE((*question)->For(nobody_).key, nullptr);
  EXPECT_EQ((*question)->For(nobody_).key->id.ToText(), kId);
}

TEST_F(DecisionQuestionTest, IsAboutAResourceThatIsNoKey) {
  const std::string user = "arn:aws:iam::111122223333:user/alice";
  for (const char* action : {"iam:GetUser", "kms:CreateAlias"}) {
    DecisionQuestion::Terms terms = Terms();
    terms.action = action;
    terms.resource = user;
    const auto question = DecisionQuestion::Make(terms);
    ASSERT_TRUE(question) << question.error().message;
    EXPECT_EQ((*question)->For(nobody_).action, action);
    EXPECT_EQ((*question)->For(nobody_).resource, user);
    EXPECT_EQ((*question)->For(nobody_).key, nullptr);
  }
}

TEST_F(DecisionQuestionTest, IsAboutNothingInParticularOtherwise) {
  DecisionQuestion::Terms terms = Terms();
  terms.action = "kms:ListKeys";
  EXPECT_EQ((*DecisionQuestion::Make(terms))->For(nobody_).resource, "*");
}

TEST_F(DecisionQuestionTest, WantsAKeyWhereTheActionHasOne) {
  DecisionQuestion::Terms terms = Terms();
  terms.action = "kms:Decrypt";
  EXPECT_THAT(Refusal(terms), HasSubstr("name it with --key"));
  terms.key.text = "alias/none";
  EXPECT_THAT(Refusal(terms), HasSubstr("there is no key alias/none"));
}

TEST_F(DecisionQuestionTest, IsRefusedWherePoliciesDoNotDecideAlone) {
  DecisionQuestion::Terms terms = Terms();
  terms.action = "sts:AssumeRole";
  EXPECT_THAT(Refusal(terms), HasSubstr("the trust policy of a role"));
  terms.action = "kms:RetireGrant";
  EXPECT_THAT(Refusal(terms), HasSubstr("the grant that it ends"));
  terms.action = "sts:GetCallerIdentity";
  EXPECT_THAT(Refusal(terms), HasSubstr("needs no permission"));
  terms.action = "kms:Nonsense";
  EXPECT_THAT(Refusal(terms), HasSubstr("no operation of this build does kms:Nonsense"));
}

TEST_F(DecisionQuestionTest, SaysWhichConditionsItDoesNotAnswer) {
  const auto unasked = [&](const std::string& operation) {
    DecisionQuestion::Terms terms = Terms();
    terms.operation = operation;
    terms.key.text = kId;
    return (*DecisionQuestion::Make(terms))->Unasked();
  };
  EXPECT_THAT(unasked("DescribeKey"), testing::ElementsAre("aws:UserAgent", "kms:RequestAlias"));
  EXPECT_THAT(unasked("TagResource"), testing::IsSupersetOf({"aws:RequestTag/", "aws:TagKeys"}));
  EXPECT_THAT(unasked("ReEncrypt"), testing::Contains("kms:ReEncryptOnSameKey"));
  EXPECT_THAT(unasked("Encrypt"), testing::Not(testing::Contains("kms:EncryptionContext:")));
  EXPECT_THAT(unasked("CreateGrant"),
              testing::IsSupersetOf(
                  {"kms:EncryptionContext:", "kms:GrantConstraintType", "kms:GrantOperations"}));
}

}  // namespace
}  // namespace kmaas::cli
