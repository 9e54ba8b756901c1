// Goal: a key in a custom key store is used in its token and nowhere else, and is unavailable while
// the store is not connected, whatever is done to it meanwhile.
#include "operations/keys/state_in_store.h"
#include "tests/api/key_stores_fixture.h"

namespace kmaas::api {
namespace {

class KeysInAStore : public KeyStoresTest {
 protected:
  Result<core::WipedMessage> Enable(const std::string& key) {
    return world_.Send("EnableKey", OnKey<kms::EnableKeyRequest>(key));
  }
  Result<core::WipedMessage> Disable(const std::string& key) {
    return world_.Send("DisableKey", OnKey<kms::DisableKeyRequest>(key));
  }
  void Reconnect() {
    ASSERT_TRUE(Connect(id_));
    stores_.FinishConnections();
  }

  const std::string id_ = Connected();
};

TEST_F(KeysInAStore, SayWhereTheyAre) {
  const auto made = world_.Must<kms::CreateKeyResponse>("CreateKey", KeyIn(id_)).key_metadata();
  EXPECT_EQ(made.origin(), "AWS_CLOUDHSM");
  EXPECT_EQ(made.custom_key_store_id(), id_);
  EXPECT_EQ(made.cloud_hsm_cluster_id(), kCluster);
  EXPECT_EQ(made.key_state(), "Enabled");
}

TEST_F(KeysInAStore, EncryptAndDecryptByTheirTokenAlone) {
  const std::string key = MakeKeyIn(id_);
  const std::uint64_t before = world_.engine.calls();
  auto encrypted = Encrypt(key);
  ASSERT_TRUE(encrypted);
  kms::DecryptRequest request;
  request.set_ciphertext_blob(
      static_cast<const kms::EncryptResponse&>(**encrypted).ciphertext_blob());
  EXPECT_EQ(world_.Must<kms::DecryptResponse>("Decrypt", request).plaintext(), "hello");
  EXPECT_EQ(world_.engine.calls(), before);
}

TEST_F(KeysInAStore, AreUnavailableWhileItIsDisconnected) {
  const std::string key = MakeKeyIn(id_);
  const std::string disabled = MakeKeyIn(id_);
  ASSERT_TRUE(Disable(disabled));
  ASSERT_TRUE(Disconnect(id_));
  EXPECT_EQ(StateOf(key), "Unavailable");
  EXPECT_EQ(StateOf(disabled), "Unavailable");
  const auto refused = Encrypt(key);
  EXPECT_EQ(CodeOf(refused), "KMSInvalidStateException");
  EXPECT_EQ(refused.error().message, key + " is unavailable.");
  Reconnect();
  EXPECT_EQ(StateOf(key), "Enabled");
  EXPECT_EQ(StateOf(disabled), "Disabled");
  EXPECT_TRUE(Encrypt(key));
}

TEST_F(KeysInAStore, RememberWhatIsDoneToThemMeanwhile) {
  const std::string enabled = MakeKeyIn(id_);
  const std::string disabled = MakeKeyIn(id_);
  ASSERT_TRUE(Disable(enabled));
  ASSERT_TRUE(Disconnect(id_));
  ASSERT_TRUE(Enable(enabled));
  ASSERT_TRUE(Disable(disabled));
  EXPECT_EQ(StateOf(enabled), "Unavailable");
  EXPECT_EQ(StateOf(disabled), "Unavailable");
  Reconnect();
  EXPECT_EQ(StateOf(enabled), "Enabled");
  EXPECT_EQ(StateOf(disabled), "Disabled");
}

TEST_F(KeysInAStore, AreDeletedInWhateverStateItIs) {
  const std::string key = MakeKeyIn(id_);
  ASSERT_TRUE(Disconnect(id_));
  ASSERT_TRUE(world_.Send("ScheduleKeyDeletion", OnKey<kms::ScheduleKeyDeletionRequest>(key)));
  Reconnect();
  EXPECT_EQ(StateOf(key), "PendingDeletion");
  ASSERT_TRUE(Disconnect(id_));
  EXPECT_EQ(StateOf(key), "PendingDeletion");
  ASSERT_TRUE(world_.Send("CancelKeyDeletion", OnKey<kms::CancelKeyDeletionRequest>(key)));
  EXPECT_EQ(StateOf(key), "Unavailable");
  Reconnect();
  EXPECT_EQ(StateOf(key), "Disabled");
}

TEST_F(KeysInAStore, KeepItFromBeingDeleted) {
  MakeKeyIn(id_);
  ASSERT_TRUE(Disconnect(id_));
  EXPECT_EQ(CodeOf(Delete(id_)), "CustomKeyStoreHasCMKsException");
}

TEST_F(KeysInAStore, AreRetriedWhenTheTokenIsAway) {
  const std::string key = MakeKeyIn(id_);
  stores_.cluster(kCluster).engine->SetAway(true);
  EXPECT_EQ(CodeOf(Encrypt(key)), "KeyUnavailableException");
  EXPECT_EQ(StateOf(key), "Enabled");
  EXPECT_EQ(Describe(id_).connection_state(), "CONNECTED");
  EXPECT_EQ(CodeOf(world_.Send("CreateKey", KeyIn(id_))), "DependencyTimeoutException");
  EXPECT_TRUE(Encrypt(world_.MakeKey()));
  stores_.cluster(kCluster).engine->SetAway(false);
  EXPECT_TRUE(Encrypt(key));
}

TEST_F(KeysInAStore, ComeBackWhenTheServerDoes) {
  const std::string key = MakeKeyIn(id_);
  stores_.Disconnect(id_);  // what a new process knows of connections
  ASSERT_TRUE(operations::ResumeConnections(world_.services, Deadline::Never()));
  stores_.FinishConnections();
  EXPECT_TRUE(Encrypt(key));
  EXPECT_EQ(stores_.cluster(kCluster).logins, 2);
}

TEST_F(KeysInAStore, AreUnavailableWhenTheServerIsRefusedAtStart) {
  const std::string key = MakeKeyIn(id_);
  stores_.Disconnect(id_);
  stores_.cluster(kCluster).password = "changed";
  ASSERT_TRUE(operations::ResumeConnections(world_.services, Deadline::Never()));
  stores_.FinishConnections();
  EXPECT_EQ(Describe(id_).connection_state(), "FAILED");
  EXPECT_EQ(StateOf(key), "Unavailable");
}

// The server ended between the login and its record: the password may have been refused.
TEST_F(KeysInAStore, AreNotAskedForWhenAConnectionWasCutShort) {
  ASSERT_TRUE(Disconnect(id_));
  ASSERT_TRUE(Connect(id_));
  stores_.Disconnect(id_);
  ASSERT_TRUE(operations::ResumeConnections(world_.services, Deadline::Never()));
  stores_.FinishConnections();
  EXPECT_EQ(Describe(id_).connection_state(), "FAILED");
  EXPECT_EQ(Describe(id_).connection_error_code(), "INTERNAL_ERROR");
  EXPECT_EQ(stores_.cluster(kCluster).logins, 1);
}

TEST_F(KeysInAStore, AreUnavailableWhenTheTokenRefusesThePasswordLater) {
  const std::string key = MakeKeyIn(id_);
  stores_.RefuseLater(id_);
  EXPECT_EQ(Describe(id_).connection_error_code(), "INVALID_CREDENTIALS");
  EXPECT_EQ(StateOf(key), "Unavailable");
  ASSERT_TRUE(Disconnect(id_));
  Reconnect();
  EXPECT_EQ(Describe(id_).connection_error_code(), "INVALID_CREDENTIALS");
  EXPECT_EQ(stores_.cluster(kCluster).logins, 1);
}

TEST_F(KeysInAStore, AreAThousandAtMost) {
  for (std::size_t i = 0; i < operations::kKeysPerStoreMax - 1; ++i) {
    std::array<std::uint8_t, 16> bits{};
    bits[0] = static_cast<std::uint8_t>(i);
    bits[1] = static_cast<std::uint8_t>(i >> 8U);
    world_.Put(records::StoreKey{id_, kRegion, domain::KeyId::FromRandom(bits)});
  }
  MakeKeyIn(id_);
  EXPECT_EQ(CodeOf(world_.Send("CreateKey", KeyIn(id_))), "LimitExceededException");
}

TEST_F(KeysInAStore, AreSymmetricAndOfOneRegion) {
  auto request = KeyIn(id_);
  request.set_multi_region(true);
  EXPECT_EQ(CodeOf(world_.Send("CreateKey", request)), "UnsupportedOperationException");
  request = KeyIn(id_);
  request.set_key_spec("HMAC_256");
  request.set_key_usage("GENERATE_VERIFY_MAC");
  EXPECT_EQ(CodeOf(world_.Send("CreateKey", request)), "UnsupportedOperationException");
}

}  // namespace
}  // namespace kmaas::api
