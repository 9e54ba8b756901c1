// Goal: a failing neighbour never leaves a half-made key and never lets an answer go unrecorded.
// Method: the n-th call to HSM, store or audit trail fails, for every n until a run passes
// untouched; after each run every listed key is whole.
#include <gtest/gtest.h>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;
namespace pb = google::protobuf;

// One of each kind of call, on keys of each kind. What follows from a call that failed fails as
// well. Returns how many succeeded.
class Script {
 public:
  explicit Script(Environment& world) : world_(world) {}

  int Run() {
    const std::string symmetric = MakeKey("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    const std::string signing = MakeKey("ECC_NIST_P256", "SIGN_VERIFY");
    const std::string mac = MakeKey("HMAC_256", "GENERATE_VERIFY_MAC");
    Manage(symmetric);
    Use(symmetric);
    UseOthers(signing, mac);
    kms::DisableKeyRequest disable;
    disable.set_key_id(symmetric);
    Do("DisableKey", disable);
    return succeeded_;
  }

 private:
  Result<core::WipedMessage> Send(const std::string& operation, const pb::Message& request) {
    auto reply = world_.Send(operation, request);
    succeeded_ += reply ? 1 : 0;
    return reply;
  }
  void Do(const std::string& operation, const pb::Message& request) {
    (void)Send(operation, request);
  }
  // Its ARN, or what names no key.
  std::string MakeKey(const std::string& spec, const std::string& usage) {
    kms::CreateKeyRequest request;
    request.set_key_spec(spec);
    request.set_key_usage(usage);
    const auto made = Send("CreateKey", request);
    return made ? static_cast<const kms::CreateKeyResponse&>(**made).key_metadata().arn() : "none";
  }
  void Manage(const std::string& arn) {
    kms::CreateAliasRequest alias;
    alias.set_alias_name("alias/swept");
    alias.set_target_key_id(arn);
    Do("CreateAlias", alias);
    kms::CreateGrantRequest grant;
    grant.set_key_id(arn);
    grant.set_grantee_principal(Administrator().arn);
    grant.add_operations("Encrypt");
    Do("CreateGrant", grant);
    kms::EnableKeyRotationRequest rotation;
    rotation.set_key_id(arn);
    Do("EnableKeyRotation", rotation);
    kms::RotateKeyOnDemandRequest rotate;
    rotate.set_key_id(arn);
    Do("RotateKeyOnDemand", rotate);
    kms::ScheduleKeyDeletionRequest schedule;
    schedule.set_key_id(arn);
    Do("ScheduleKeyDeletion", schedule);
    kms::CancelKeyDeletionRequest cancel;
    cancel.set_key_id(arn);
    Do("CancelKeyDeletion", cancel);
    kms::EnableKeyRequest enable;
    enable.set_key_id(arn);
    Do("EnableKey", enable);
  }
  void Use(const std::string& arn) {
    kms::EncryptRequest encrypt;
    encrypt.set_key_id(arn);
    encrypt.set_plaintext("a secret");
    Do("Encrypt", encrypt);
    kms::GenerateDataKeyRequest data_key;
    data_key.set_key_id(arn);
    data_key.set_key_spec("AES_256");
    Do("GenerateDataKey", data_key);
    kms::GenerateDataKeyPairRequest pair;
    pair.set_key_id(arn);
    pair.set_key_pair_spec("ECC_NIST_P256");
    Do("GenerateDataKeyPair", pair);
  }
  void UseOthers(const std::string& signing, const std::string& mac) {
    kms::SignRequest sign;
    sign.set_key_id(signing);
    sign.set_message("a message");
    sign.set_signing_algorithm("ECDSA_SHA_256");
    Do("Sign", sign);
    kms::GenerateMacRequest make_mac;
    make_mac.set_key_id(mac);
    make_mac.set_message("a message");
    make_mac.set_mac_algorithm("HMAC_SHA_256");
    Do("GenerateMac", make_mac);
  }

  Environment& world_;
  int succeeded_ = 0;
};

constexpr int kScriptCalls = 16;

void ExpectEncrypts(Environment& world, const std::string& arn) {
  kms::EncryptRequest encrypt;
  encrypt.set_key_id(arn);
  encrypt.set_plaintext("x");
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(
      world.Must<kms::EncryptResponse>("Encrypt", encrypt).ciphertext_blob());
  EXPECT_EQ(world.Must<kms::DecryptResponse>("Decrypt", decrypt).plaintext(), "x");
}

// Every key that the listing shows can be described, has its policy and its material, and, once
// enabled, encrypts and decrypts.
void ExpectEveryKeyWhole(Environment& world) {
  const auto listed = world.Must<kms::ListKeysResponse>("ListKeys", kms::ListKeysRequest());
  for (const auto& entry : listed.keys()) {
    kms::GetKeyPolicyRequest policy;
    policy.set_key_id(entry.key_arn());
    EXPECT_TRUE(world.Send("GetKeyPolicy", policy)) << entry.key_arn();
    kms::CancelKeyDeletionRequest cancel;
    cancel.set_key_id(entry.key_arn());
    (void)world.Send("CancelKeyDeletion", cancel);
    kms::EnableKeyRequest enable;
    enable.set_key_id(entry.key_arn());
    EXPECT_TRUE(world.Send("EnableKey", enable)) << entry.key_arn();
    const auto key = world.catalog.Find<domain::Key>(
        records::KeyRow(kRegion, *domain::KeyId::Parse(entry.key_id())));
    ASSERT_TRUE((*key)->current_material);
    EXPECT_NE(*world.catalog.Find<domain::KeyMaterial>(
                  records::MaterialRow(kRegion, (*key)->id, *(*key)->current_material)),
              nullptr);
    if (domain::IsSymmetricEncryption((*key)->spec)) ExpectEncrypts(world, entry.key_arn());
  }
}

TEST(FaultSweep, LeavesEveryKeyWholeWhicheverCallOfTheHsmFails) {
  int n = 1;
  for (int succeeded = 0; succeeded < kScriptCalls; ++n) {
    ASSERT_LT(n, 100);
    Environment world;
    world.engine.FailCall(static_cast<std::uint64_t>(n),
                          {ErrorCode::kKeyUnavailable, "", "the token is away"});
    succeeded = Script(world).Run();
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
    succeeded = Script(world).Run();
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
