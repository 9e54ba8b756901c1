// Goal: a failing neighbour never leaves a half-made key and never lets an answer go unrecorded.
// Method: the n-th call to HSM, store or audit trail fails, for every n until a run passes
// untouched; after each run every listed key is whole.
#include <gtest/gtest.h>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;

// One of each kind of call. Answers are not looked at: some fail. Returns how many succeeded.
int RunScript(Environment& world) {
  int succeeded = 0;
  const auto send = [&](const std::string& operation, const google::protobuf::Message& request) {
    auto reply = world.Send(operation, request);
    succeeded += reply ? 1 : 0;
    return reply;
  };
  const auto made = send("CreateKey", kms::CreateKeyRequest());
  if (!made) return succeeded;
  const std::string arn = static_cast<const kms::CreateKeyResponse&>(**made).key_metadata().arn();
  kms::CreateAliasRequest alias;
  alias.set_alias_name("alias/swept");
  alias.set_target_key_id(arn);
  (void)send("CreateAlias", alias);
  kms::EncryptRequest encrypt;
  encrypt.set_key_id(arn);
  encrypt.set_plaintext("a secret");
  (void)send("Encrypt", encrypt);
  kms::GenerateDataKeyRequest data_key;
  data_key.set_key_id(arn);
  data_key.set_key_spec("AES_256");
  (void)send("GenerateDataKey", data_key);
  kms::DisableKeyRequest disable;
  disable.set_key_id(arn);
  (void)send("DisableKey", disable);
  return succeeded;
}

// Every key that the listing shows can be described, has its policy, and, once enabled, encrypts
// and decrypts.
void ExpectEveryKeyWhole(Environment& world) {
  const auto listed = world.Must<kms::ListKeysResponse>("ListKeys", kms::ListKeysRequest());
  for (const auto& entry : listed.keys()) {
    kms::GetKeyPolicyRequest policy;
    policy.set_key_id(entry.key_arn());
    EXPECT_TRUE(world.Send("GetKeyPolicy", policy)) << entry.key_arn();
    kms::EnableKeyRequest enable;
    enable.set_key_id(entry.key_arn());
    EXPECT_TRUE(world.Send("EnableKey", enable)) << entry.key_arn();
    kms::EncryptRequest encrypt;
    encrypt.set_key_id(entry.key_arn());
    encrypt.set_plaintext("x");
    kms::DecryptRequest decrypt;
    decrypt.set_ciphertext_blob(
        world.Must<kms::EncryptResponse>("Encrypt", encrypt).ciphertext_blob());
    EXPECT_EQ(world.Must<kms::DecryptResponse>("Decrypt", decrypt).plaintext(), "x");
  }
}

constexpr int kScriptCalls = 5;

TEST(FaultSweep, LeavesEveryKeyWholeWhicheverCallOfTheHsmFails) {
  int n = 1;
  for (int succeeded = 0; succeeded < kScriptCalls; ++n) {
    ASSERT_LT(n, 100);
    Environment world;
    world.engine.FailCall(static_cast<std::uint64_t>(n),
                          {ErrorCode::kKeyUnavailable, "", "the token is away"});
    succeeded = RunScript(world);
    world.engine.FailCall(0, {ErrorCode::kKeyUnavailable, ""});
    ExpectEveryKeyWhole(world);
  }
  EXPECT_GT(n, 3);
}

TEST(FaultSweep, AnswersOnlyWhatIsRecordedWhicheverRecordFails) {
  int n = 1;
  for (int succeeded = 0; succeeded < kScriptCalls; ++n) {
    ASSERT_LT(n, 100);
    Environment world;
    world.audit.FailNth(static_cast<std::uint64_t>(n));
    succeeded = RunScript(world);
    world.audit.FailNth(0);
    EXPECT_GE(world.audit.records().size(), static_cast<std::size_t>(succeeded));
    ExpectEveryKeyWhole(world);
  }
  EXPECT_GT(n, 3);
}

// The change is committed, its record is durable with it, and the trail refused it: the caller
// hears of a failure, and the record reaches the trail before the next one.
TEST(FaultSweep, DeliversTheRecordThatTheTrailRefused) {
  Environment world;
  world.audit.FailNth(1);
  EXPECT_FALSE(world.Send("CreateKey", kms::CreateKeyRequest()));
  EXPECT_TRUE(world.audit.records().empty());
  EXPECT_TRUE(world.Send("CreateKey", kms::CreateKeyRequest()));
  EXPECT_EQ(world.audit.event_names(), (std::vector<std::string>{"CreateKey", "CreateKey"}));
}

// What a crash between commit and trail leaves behind.
TEST(FaultSweep, RecoversTheOutboxAtStart) {
  Environment world;
  world.audit.FailAll(true);
  EXPECT_FALSE(world.Send("CreateKey", kms::CreateKeyRequest()));
  world.audit.FailAll(false);
  core::Outbox restarted(world.catalog, world.audit);
  const auto recovered = restarted.Recover(Deadline::Never());
  ASSERT_TRUE(recovered);
  EXPECT_EQ(*recovered, 1U);
  EXPECT_EQ(world.audit.event_names().size(), 1U);
  EXPECT_EQ(*world.catalog.Count<records::OutboxEntry>(), 0U);
}

}  // namespace
}  // namespace kmaas::api
