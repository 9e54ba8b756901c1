#include "traffic/call_quotas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/operation.h"
#include "operations/operations.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/seeded_random.h"
#include "traffic/throttled_authoriser.h"

namespace kmaas::traffic {
namespace {

constexpr char kAccount[] = "111122223333";
constexpr char kOther[] = "444455556666";
constexpr char kRegion[] = "eu-central-1";

class CallQuotasTest : public testing::Test {
 protected:
  CallQuotasTest() { settings.rates = {{"CreateKey", 5}, {"symmetric", 10}, {"rsa", 1}}; }

  CallQuotas& quotas() {
    if (!made_) made_.emplace(all_, settings, random_, clock);
    return *made_;
  }
  const core::Operation* Find(const std::string& name) {
    for (const auto& one : registry_.operations())
      if (one->name == name) return one.get();
    return nullptr;
  }
  Result<void> Admit(const std::string& account, const std::string& operation,
                     const std::string& region = kRegion) {
    return quotas().Admit({envelope, region, account, Find(operation)});
  }
  int Admitted(const std::string& account, const std::string& operation,
               const std::string& region = kRegion) {
    int count = 0;
    while (count < 100'000 && Admit(account, operation, region)) ++count;
    return count;
  }
  core::CallEnvelope From(const std::string& address, const std::string& key = "AKIA1") {
    core::CallEnvelope call;
    call.source_address = address;
    call.claimed_access_key_id = key;
    return call;
  }
  void Fail(const core::CallEnvelope& call, int times) {
    for (int i = 0; i < times; ++i) quotas().NotProven(call);
  }
  std::uint64_t Refused(QuotaGroup group) {
    return quotas().refused()[static_cast<std::size_t>(group)];
  }

  fakes::ManualClock clock;
  QuotaSettings settings;
  core::CallEnvelope envelope;

 private:
  const core::Registry registry_ = *operations::MakeRegistry();
  const Quotas all_{registry_};
  fakes::SeededRandom random_;
  std::optional<CallQuotas> made_;
};

TEST_F(CallQuotasTest, CountAnOperationForItsAccountInItsRegion) {
  EXPECT_EQ(Admitted(kAccount, "CreateKey"), 10);
  EXPECT_EQ(Admitted(kAccount, "CreateKey", "us-west-2"), 10);
  EXPECT_EQ(Admitted(kOther, "CreateKey"), 10);
  EXPECT_TRUE(Admit(kAccount, "DescribeKey"));
  clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Admitted(kAccount, "CreateKey"), 5);
  EXPECT_EQ(Refused(QuotaGroup::kOperation), 4U);
}

TEST_F(CallQuotasTest, RefuseWithAwssError) {
  Admitted(kAccount, "CreateKey");
  const Result<void> refused = Admit(kAccount, "CreateKey");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kThrottling);
  EXPECT_EQ(refused.error().message, "") << "the caller gets AWS's of KMS";
  settings.rates["ListUsers"] = 1;
  quotas().Replace(settings);
  Admitted(kAccount, "ListUsers");
  EXPECT_EQ(Admit(kAccount, "ListUsers").error().message, "Rate exceeded");
}

TEST_F(CallQuotasTest, AreReplacedWhileBucketsGoOn) {
  EXPECT_EQ(Admitted(kAccount, "CreateKey"), 10);
  settings.accounts[kOther] = {{"CreateKey", 1}};
  quotas().Replace(settings);
  EXPECT_EQ(Admitted(kAccount, "CreateKey"), 0);
  EXPECT_EQ(Admitted(kOther, "CreateKey"), 2);
  settings.rates["CreateKey"] = 50;
  quotas().Replace(settings);
  EXPECT_EQ(Admitted(kAccount, "CreateKey"), 0) << "what was taken stays taken";
  clock.Advance(std::chrono::seconds(3));
  EXPECT_EQ(Admitted(kAccount, "CreateKey"), 100);
}

TEST_F(CallQuotasTest, BoundAllCallsOfAnAccountTogether) {
  settings.rates["all"] = 20;
  EXPECT_EQ(Admitted(kAccount, "DescribeKey") + Admitted(kAccount, "ListKeys"), 40);
  EXPECT_FALSE(Admit(kAccount, "Decrypt"));
  EXPECT_TRUE(Admit(kOther, "Decrypt"));
  EXPECT_EQ(Refused(QuotaGroup::kAll), 3U);
}

class Allowing final : public core::Authoriser {
 public:
  Result<core::Verdict> Decide(const core::AccessQuestion& /*question*/) override {
    ++asked;
    return core::Verdict{};
  }
  int asked = 0;
};

TEST_F(CallQuotasTest, CountAUseOfAKeyBeforeItIsDecided) {
  Allowing inner;
  ThrottledAuthoriser authoriser(inner, quotas(), kRegion);
  domain::Principal principal;
  principal.account = kAccount;
  domain::Key key;
  key.account = kOther;
  core::AccessQuestion question{.principal = principal, .action = "kms:Decrypt", .key = &key};
  question.operation = Find("Decrypt");
  question.target = question.operation->targets.front().field;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(authoriser.Decide(question));
  EXPECT_EQ(authoriser.Decide(question).error().code, ErrorCode::kThrottling);
  EXPECT_EQ(inner.asked, 20);
  key.spec = domain::KeySpec::kRsa2048;
  EXPECT_TRUE(authoriser.Decide(question)) << "another quota";
  principal.account = kOther;
  key.spec = domain::KeySpec::kSymmetricDefault;
  EXPECT_TRUE(authoriser.Decide(question)) << "another account";
  EXPECT_EQ(Refused(QuotaGroup::kSymmetric), 1U);
}

TEST_F(CallQuotasTest, KeepAddressesOutThatProveNothingTooOften) {
  settings.unproven_per_second = 10;
  settings.unproven_burst = 30;
  Fail(From("192.0.2.1"), 29);
  EXPECT_TRUE(quotas().Enter(From("192.0.2.1")));
  Fail(From("192.0.2.1"), 1);
  EXPECT_EQ(quotas().Enter(From("192.0.2.1")).error().code, ErrorCode::kThrottling);
  EXPECT_TRUE(quotas().Enter(From("192.0.2.2")));
  clock.Advance(std::chrono::milliseconds(100));
  EXPECT_TRUE(quotas().Enter(From("192.0.2.1")));
  EXPECT_EQ(Refused(QuotaGroup::kUnproven), 1U);
}

TEST_F(CallQuotasTest, TakeTheNetworkOfAnIpv6AddressForOne) {
  settings.unproven_burst = 2;
  Fail(From("2001:db8:0:1::1"), 1);
  Fail(From("2001:db8:0:1:ffff::9"), 1);
  EXPECT_FALSE(quotas().Enter(From("2001:db8:0:1::2")));
  EXPECT_TRUE(quotas().Enter(From("2001:db8:0:2::1")));
}

TEST_F(CallQuotasTest, LetInWhoProvedHimselfFromAnAddressThatIsKeptOut) {
  settings.unproven_burst = 5;
  quotas().Proven(From("192.0.2.1", "AKIAHONEST"));
  Fail(From("192.0.2.1", "AKIAWRONG"), 10);
  EXPECT_FALSE(quotas().Enter(From("192.0.2.1", "AKIAWRONG")));
  EXPECT_TRUE(quotas().Enter(From("192.0.2.1", "AKIAHONEST")));
  EXPECT_FALSE(quotas().Enter(From("192.0.2.1", "AKIAOTHER")));
  Fail(From("192.0.2.1", "AKIAHONEST"), 1);
  EXPECT_FALSE(quotas().Enter(From("192.0.2.1", "AKIAHONEST"))) << "until he proves himself again";
}

// As an AssumeRoleWithWebIdentity, whose proof stands in the body.
TEST_F(CallQuotasTest, CountACallWithoutACallerForItsAddress) {
  settings.unproven_burst = 3;
  envelope.source_address = "192.0.2.1";
  EXPECT_EQ(Admitted("", "AssumeRoleWithWebIdentity"), 3);
}

TEST_F(CallQuotasTest, NeedNoMoreMemoryForMoreAddresses) {
  for (int i = 0; i < 300'000; ++i)
    quotas().NotProven(From("10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) +
                            "." + std::to_string(i & 255)));
  EXPECT_TRUE(quotas().Enter(From("192.0.2.1")));
}

}  // namespace
}  // namespace kmaas::traffic
