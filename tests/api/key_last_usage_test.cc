// Goal: the last use of a key is what GetKeyLastUsage and policies see, whichever key and call.
#include <gtest/gtest.h>

#include "kmaas/kms/v1/kms.pb.h"
#include "records/noted_key_uses.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;

class KeyLastUsage : public testing::Test {
 protected:
  KeyLastUsage() { world_.services.key_uses = &uses_; }

  kms::GetKeyLastUsageResponse UsageOf(const std::string& key) {
    kms::GetKeyLastUsageRequest request;
    request.set_key_id(key);
    return world_.Must<kms::GetKeyLastUsageResponse>("GetKeyLastUsage", request);
  }
  std::string Encrypted(const std::string& key) {
    kms::EncryptRequest request;
    request.set_key_id(key);
    request.set_plaintext("x");
    return world_.Must<kms::EncryptResponse>("Encrypt", request).ciphertext_blob();
  }
  bool Disables(const std::string& key) {
    kms::DisableKeyRequest request;
    request.set_key_id(key);
    return world_.Send("DisableKey", request).has_value();
  }
  // Whoever disables or deletes a key does so only after so many days without use.
  void RequireDaysWithoutUse(const std::string& key, int days) {
    kms::PutKeyPolicyRequest put;
    put.set_key_id(key);
    put.set_policy(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
                   R"("arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},)"
                   R"({"Effect":"Deny","Principal":"*","Action":["kms:DisableKey",)"
                   R"("kms:ScheduleKeyDeletion"],"Resource":"*","Condition":{"NumericLessThan":)"
                   R"({"kms:TrailingDaysWithoutKeyUsage":")" +
                   std::to_string(days) + R"("}}}]})");
    (void)world_.Must<kms::PutKeyPolicyResponse>("PutKeyPolicy", put);
  }

  Environment world_;
  records::NotedKeyUses uses_{world_.catalog, world_.clock.Now()};
};

TEST_F(KeyLastUsage, IsAbsentForAKeyThatWasNeverUsed) {
  const WallTime made = world_.clock.Now();
  const std::string key = world_.MakeKey();
  world_.clock.Advance(std::chrono::hours(1));
  const auto usage = UsageOf(key);
  EXPECT_FALSE(usage.has_key_last_usage());
  EXPECT_EQ(usage.key_creation_date(), ToEpochSeconds(made));
  EXPECT_EQ(usage.tracking_start_date(), ToEpochSeconds(made));
  EXPECT_TRUE(key.ends_with("/" + usage.key_id()));
}

TEST_F(KeyLastUsage, IsTheNewestSuccessfulUse) {
  const std::string key = world_.MakeKey();
  (void)Encrypted(key);
  world_.clock.Advance(std::chrono::hours(1));
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(Encrypted(key));
  (void)world_.Must<kms::DecryptResponse>("Decrypt", decrypt);
  const auto record = world_.audit.records().back();
  world_.clock.Advance(std::chrono::hours(1));
  const auto usage = UsageOf(key).key_last_usage();
  EXPECT_EQ(usage.operation(), "Decrypt");
  EXPECT_EQ(usage.timestamp(), ToEpochSeconds(record.time));
  EXPECT_EQ(usage.cloud_trail_event_id(), record.event_id);
  EXPECT_EQ(usage.kms_request_id(), record.request_id);
}

TEST_F(KeyLastUsage, IsNoneOfWhatFailsOrUsesNoMaterial) {
  const std::string key = world_.MakeKey();
  kms::EncryptRequest dry;
  dry.set_key_id(key);
  dry.set_plaintext("x");
  dry.set_dry_run(true);
  EXPECT_FALSE(world_.Send("Encrypt", dry));
  ASSERT_TRUE(Disables(key));
  dry.set_dry_run(false);
  EXPECT_FALSE(world_.Send("Encrypt", dry));
  kms::DescribeKeyRequest describe;
  describe.set_key_id(key);
  (void)world_.Must<kms::DescribeKeyResponse>("DescribeKey", describe);
  EXPECT_FALSE(UsageOf(key).has_key_last_usage());
}

TEST_F(KeyLastUsage, IsThatOfBothKeysOfReEncrypt) {
  const std::string source = world_.MakeKey();
  const std::string destination = world_.MakeKey();
  kms::ReEncryptRequest request;
  request.set_ciphertext_blob(Encrypted(source));
  request.set_destination_key_id(destination);
  (void)world_.Must<kms::ReEncryptResponse>("ReEncrypt", request);
  EXPECT_EQ(UsageOf(source).key_last_usage().operation(), "ReEncrypt");
  EXPECT_EQ(UsageOf(destination).key_last_usage().operation(), "ReEncrypt");
}

TEST_F(KeyLastUsage, IsNotServedWhereNobodyNotesIt) {
  const std::string key = world_.MakeKey();
  world_.services.key_uses = nullptr;
  kms::GetKeyLastUsageRequest request;
  request.set_key_id(key);
  const auto reply = world_.Send("GetKeyLastUsage", request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUnsupportedOperation);
}

TEST_F(KeyLastUsage, IsNotAskedByAlias) {
  kms::CreateAliasRequest alias;
  alias.set_alias_name("alias/orders");
  alias.set_target_key_id(world_.MakeKey());
  (void)world_.Must<kms::CreateAliasResponse>("CreateAlias", alias);
  kms::GetKeyLastUsageRequest request;
  request.set_key_id("alias/orders");
  EXPECT_FALSE(world_.Send("GetKeyLastUsage", request));
}

TEST_F(KeyLastUsage, CountsInWholeDaysForPolicies) {
  const std::string key = world_.MakeKey();
  world_.clock.Advance(std::chrono::days(40));
  (void)Encrypted(key);
  RequireDaysWithoutUse(key, 30);
  EXPECT_FALSE(Disables(key));
  world_.clock.Advance(std::chrono::days(30) - std::chrono::milliseconds(1));
  EXPECT_FALSE(Disables(key));
  world_.clock.Advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(Disables(key));
}

TEST_F(KeyLastUsage, CountsFromTheBeginningForAKeyThatWasNeverUsed) {
  const std::string key = world_.MakeKey();
  RequireDaysWithoutUse(key, 30);
  EXPECT_FALSE(Disables(key));
  world_.clock.Advance(std::chrono::days(30));
  EXPECT_TRUE(Disables(key));
}

}  // namespace
}  // namespace kmaas::api
