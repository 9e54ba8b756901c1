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
  // Of calls that have ended at once.
  Result<void> Admit(const std::string& account, const std::string& operation,
                     const std::string& region = kRegion) {
    const auto turn = Begin(account, operation, region);
    return turn ? Result<void>() : Result<void>(turn.error());
  }
  Result<core::CallGate::Turn> Begin(const std::string& account, const std::string& operation,
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
}

// Whoever knows an access key and sits behind the same address sends what claims to be its owner's.
TEST_F(CallQuotasTest, TakeNothingFromWhoProvedHimselfForWhatOthersSendInHisName) {
  settings.unproven_burst = 5;
  const core::CallEnvelope honest = From("192.0.2.1", "AKIAHONEST");
  quotas().Proven(honest);
  Fail(honest, 100);
  const auto entry = quotas().Enter(honest);
  ASSERT_TRUE(entry);
  EXPECT_EQ(*entry, core::CallGate::Entry::kByProof);
  EXPECT_FALSE(quotas().Enter(From("192.0.2.1", "AKIAOTHER")));
  EXPECT_EQ(quotas().TurnAway(honest).code, ErrorCode::kThrottling);
  EXPECT_EQ(Refused(QuotaGroup::kUnproven), 2U);
}

// An answer and a record are had for what is in the address's bucket, whoever is named.
TEST_F(CallQuotasTest, BoundTheAnswersToWrongProofsInTheNameOfWhoProvedHimself) {
  settings.unproven_per_second = 10;
  settings.unproven_burst = 30;
  const core::CallEnvelope honest = From("192.0.2.1", "AKIAHONEST");
  quotas().Proven(honest);
  int answered = 0;
  for (int tenth = 0; tenth < 20; ++tenth) {
    for (int i = 0; i < 100; ++i) {
      const auto entry = quotas().Enter(honest);
      ASSERT_TRUE(entry);
      if (*entry == core::CallGate::Entry::kByProof) continue;
      ++answered;
      quotas().NotProven(honest);
    }
    clock.Advance(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(answered, 30 + 19);
}

TEST_F(CallQuotasTest, BoundTheCallsOfAnAccountThatAreInFlight) {
  settings.calls_in_flight_max = 2;
  auto first = Begin(kAccount, "DescribeKey");
  const auto second = Begin(kAccount, "Decrypt", "us-west-2");
  const auto third = Begin(kAccount, "DescribeKey");
  EXPECT_EQ(third.error().code, ErrorCode::kThrottling);
  EXPECT_EQ(Begin(kAccount, "ListUsers").error().message, "Rate exceeded") << "as IAM says it";
  EXPECT_TRUE(Begin(kOther, "DescribeKey")) << "another account";
  EXPECT_EQ(Refused(QuotaGroup::kInFlight), 2U);
  first = core::CallGate::Turn();
  EXPECT_TRUE(Begin(kAccount, "DescribeKey")) << "one has ended";
  settings.calls_in_flight_max = 1;
  quotas().Replace(settings);
  EXPECT_FALSE(Begin(kAccount, "DescribeKey")) << "those in flight count on";
  EXPECT_TRUE(Begin(kOther, "DescribeKey"));
}

TEST_F(CallQuotasTest, CountNoCallInFlightThatWasRefused) {
  settings.calls_in_flight_max = 1;
  Admitted(kAccount, "CreateKey");
  EXPECT_FALSE(Admit(kAccount, "CreateKey"));
  EXPECT_TRUE(Admit(kAccount, "DescribeKey"));
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
