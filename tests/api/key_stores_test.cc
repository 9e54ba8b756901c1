// Goal: a custom key store goes through AWS's states, each operation is admitted in exactly those
// that AWS names, and its keys follow it. Method: a core over tokens that connect when told.
#include "domain/enumeration.h"
#include "tests/api/key_stores_fixture.h"

namespace kmaas::api {
namespace {

using domain::ConnectionErrorCode;
using domain::ConnectionState;

constexpr char kInvalid[] = "CustomKeyStoreInvalidStateException";

class CustomKeyStores : public KeyStoresTest {
 protected:
  // A store beside which nothing stands.
  static domain::CustomKeyStore Numbered(int number) {
    domain::CustomKeyStore store;
    store.id = "cks-0123456789abcdef" + std::to_string(number);
    store.account = kAccount;
    store.region = kRegion;
    store.name = "store " + std::to_string(number);
    store.cloud_hsm_cluster_id = "of " + std::to_string(number);
    return store;
  }
  // The store as it would stand in this state.
  std::string In(ConnectionState state) {
    domain::CustomKeyStore store = Numbered(0);
    store.connection_state = state;
    if (state == ConnectionState::kFailed)
      store.connection_error_code = ConnectionErrorCode::kInternalError;
    world_.Put(store);
    return store.id;
  }
  std::string Outcome(const std::string& operation, const std::string& id) {
    if (operation == "Connect") return CodeOf(Connect(id));
    if (operation == "Disconnect") return CodeOf(Disconnect(id));
    if (operation == "Delete") return CodeOf(Delete(id));
    if (operation == "UpdatePassword") return CodeOf(SetPassword(id, "another-pin"));
    if (operation == "UpdateName") return CodeOf(Rename(id, "renamed"));
    if (operation == "CreateKey") return CodeOf(world_.Send("CreateKey", KeyIn(id)));
    auto request = On<kms::GenerateRandomRequest>(id);
    request.set_number_of_bytes(16);
    return CodeOf(world_.Send("GenerateRandom", request));
  }
  Result<core::WipedMessage> Rename(const std::string& id, const std::string& name) {
    auto request = On<kms::UpdateCustomKeyStoreRequest>(id);
    request.set_new_custom_key_store_name(name);
    return world_.Send("UpdateCustomKeyStore", request);
  }
  Result<core::WipedMessage> Move(const std::string& id, const std::string& cluster) {
    auto request = On<kms::UpdateCustomKeyStoreRequest>(id);
    request.set_cloud_hsm_cluster_id(cluster);
    return world_.Send("UpdateCustomKeyStore", request);
  }
  std::string Created(const kms::CreateCustomKeyStoreRequest& request) {
    return CodeOf(world_.Send("CreateCustomKeyStore", request));
  }
};

// Columns: Connected, Connecting, Failed, Disconnected, Disconnecting.
TEST_F(CustomKeyStores, AdmitEachOperationInTheStatesThatAwsNames) {
  const struct {
    const char* operation;
    bool admitted[5];
  } rows[] = {
      {"Connect", {true, true, false, true, false}},
      {"Disconnect", {true, true, true, false, false}},
      {"Delete", {false, false, false, true, false}},
      {"UpdatePassword", {false, false, false, true, false}},
      {"UpdateName", {true, false, false, true, false}},
  };
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < domain::kCount<ConnectionState>; ++i) {
      const std::string outcome = Outcome(row.operation, In(static_cast<ConnectionState>(i)));
      EXPECT_EQ(outcome, row.admitted[i] ? "" : kInvalid) << row.operation << " in state " << i;
    }
  }
}

TEST_F(CustomKeyStores, AreUsedWhileConnectedAlone) {
  for (const char* operation : {"CreateKey", "GenerateRandom"}) {
    for (std::size_t i = 0; i < domain::kCount<ConnectionState>; ++i) {
      const auto state = static_cast<ConnectionState>(i);
      if (state == ConnectionState::kConnected) continue;
      EXPECT_EQ(Outcome(operation, In(state)), kInvalid) << operation << " in state " << i;
    }
  }
  const std::string id = Connected();
  EXPECT_EQ(Outcome("CreateKey", id), "");
  EXPECT_EQ(Outcome("GenerateRandom", id), "");
}

TEST_F(CustomKeyStores, AreNotFoundUnderAnotherName) {
  for (const char* id : {"cks-0123456789abcdef1", "cks-", "x/y"}) {
    for (const char* operation : {"Connect", "Disconnect", "Delete", "UpdatePassword", "UpdateName",
                                  "CreateKey", "GenerateRandom"})
      EXPECT_EQ(Outcome(operation, id), "CustomKeyStoreNotFoundException") << operation << id;
  }
}

TEST_F(CustomKeyStores, BelongToOneAccount) {
  const std::string id = Create();
  world_.Enrol("999988887777");
  const auto reply = world_.SendAs(Administrator("999988887777"), "ConnectCustomKeyStore",
                                   On<kms::ConnectCustomKeyStoreRequest>(id));
  EXPECT_EQ(CodeOf(reply), "CustomKeyStoreNotFoundException");
}

TEST_F(CustomKeyStores, NeverHaveTheClusterOfAnotherAccount) {
  world_.Enrol("999988887777");
  const domain::Principal stranger = Administrator("999988887777");
  EXPECT_EQ(CodeOf(world_.SendAs(stranger, "CreateCustomKeyStore", Creation())),
            "CloudHsmClusterNotFoundException");
  stores_.AddCluster("cluster-ddddddddddd", {"strange", "", kTrustAnchor}, kPassword).account =
      "999988887777";
  EXPECT_EQ(CodeOf(Move(Create(), "cluster-ddddddddddd")), "CloudHsmClusterNotFoundException");
}

// It was made before the operator said whose the cluster is.
TEST_F(CustomKeyStores, AreNotKeptFromTheirClusterByAnotherAccount) {
  domain::CustomKeyStore store = Numbered(1);
  store.account = "999988887777";
  store.cloud_hsm_cluster_id = kCluster;
  world_.Put(store);
  EXPECT_EQ(Created(Creation()), "");
}

TEST_F(CustomKeyStores, BeginDisconnectedAndConnectInTime) {
  const std::string id = Create();
  EXPECT_EQ(Describe(id).connection_state(), "DISCONNECTED");
  ASSERT_TRUE(Connect(id));
  EXPECT_EQ(Describe(id).connection_state(), "CONNECTING");
  stores_.FinishConnections();
  const auto entry = Describe(id);
  EXPECT_EQ(entry.connection_state(), "CONNECTED");
  EXPECT_EQ(entry.custom_key_store_name(), "payments");
  EXPECT_EQ(entry.cloud_hsm_cluster_id(), kCluster);
  EXPECT_EQ(entry.trust_anchor_certificate(), kTrustAnchor);
  EXPECT_EQ(entry.custom_key_store_type(), "AWS_CLOUDHSM");
  EXPECT_FALSE(entry.has_connection_error_code());
}

TEST_F(CustomKeyStores, RefuseWhatCannotBeCreated) {
  auto other = Creation();
  other.set_cloud_hsm_cluster_id("cluster-aaaaaaaaaaa");
  EXPECT_EQ(Created(other), "CloudHsmClusterNotFoundException");
  other.set_cloud_hsm_cluster_id("cluster-0123456789a");
  EXPECT_EQ(Created(other), "ValidationException");
  other = Creation();
  other.set_trust_anchor_certificate(kOtherAnchor);
  EXPECT_EQ(Created(other), "IncorrectTrustAnchorException");
  other.set_trust_anchor_certificate("no certificate");
  EXPECT_EQ(Created(other), "IncorrectTrustAnchorException");
  other.clear_trust_anchor_certificate();
  EXPECT_EQ(Created(other), "ValidationException");
  other = Creation();
  other.set_custom_key_store_type("EXTERNAL_KEY_STORE");
  EXPECT_EQ(Created(other), "UnsupportedOperationException");
  other = Creation();
  other.set_xks_proxy_uri_path("/kms/xks/v1");
  EXPECT_EQ(Created(other), "ValidationException");
}

TEST_F(CustomKeyStores, ShareNeitherNameNorCluster) {
  Create();
  EXPECT_EQ(Created(Creation("other")), "CloudHsmClusterInUseException");
  auto same = Creation();
  same.set_cloud_hsm_cluster_id(kRelatedCluster);
  EXPECT_EQ(Created(same), "CustomKeyStoreNameInUseException");
  same.set_custom_key_store_name("other");
  EXPECT_EQ(Created(same), "");
}

TEST_F(CustomKeyStores, AreTenAtMost) {
  for (int i = 0; i < 10; ++i) world_.Put(Numbered(i));
  EXPECT_EQ(Created(Creation()), "LimitExceededException");
}

TEST_F(CustomKeyStores, NeverShowTheirPassword) {
  const std::string id = Create();
  ASSERT_TRUE(SetPassword(id, kPassword));
  for (const std::string& line : world_.audit.lines())
    EXPECT_EQ(line.find(kPassword), std::string::npos) << line;
  const auto row =
      world_.store.Get("custom_key_stores", records::CustomKeyStoreRow(kAccount, kRegion, id));
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->find(kPassword), std::string::npos);
}

TEST_F(CustomKeyStores, TryAPasswordThatWasRefusedNeverAgain) {
  stores_.cluster(kCluster).password = "another";
  const std::string id = Connected();
  EXPECT_EQ(Describe(id).connection_state(), "FAILED");
  EXPECT_EQ(Describe(id).connection_error_code(), "INVALID_CREDENTIALS");
  ASSERT_TRUE(Disconnect(id));
  ASSERT_TRUE(Connect(id));
  stores_.FinishConnections();
  EXPECT_EQ(Describe(id).connection_error_code(), "INVALID_CREDENTIALS");
  EXPECT_EQ(stores_.cluster(kCluster).logins, 1);
  ASSERT_TRUE(Disconnect(id));
  ASSERT_TRUE(SetPassword(id, "another"));
  ASSERT_TRUE(Connect(id));
  stores_.FinishConnections();
  EXPECT_EQ(Describe(id).connection_state(), "CONNECTED");
  EXPECT_EQ(stores_.cluster(kCluster).logins, 2);
}

TEST_F(CustomKeyStores, SayThatTheirTokenIsNotThere) {
  stores_.cluster(kCluster).there = false;
  const std::string id = Connected();
  EXPECT_EQ(Describe(id).connection_error_code(), "CLUSTER_NOT_FOUND");
  stores_.cluster(kCluster).there = true;
  ASSERT_TRUE(Disconnect(id));
  ASSERT_TRUE(Connect(id));
  stores_.FinishConnections();
  EXPECT_EQ(Describe(id).connection_state(), "CONNECTED");
}

TEST_F(CustomKeyStores, DropAConnectionThatIsNotWantedAnyMore) {
  const std::string id = Create();
  ASSERT_TRUE(Connect(id));
  ASSERT_TRUE(Disconnect(id));
  stores_.FinishConnections();
  EXPECT_EQ(Describe(id).connection_state(), "DISCONNECTED");
  EXPECT_FALSE(stores_.EngineOf(id));
}

TEST_F(CustomKeyStores, MoveToARelatedClusterAlone) {
  const std::string id = Create();
  stores_.AddCluster("cluster-bbbbbbbbbbb", {"strange", "", kOtherAnchor}, kPassword);
  stores_.AddCluster("cluster-ccccccccccc", {"unknown"}, kPassword);
  EXPECT_EQ(CodeOf(Move(id, "cluster-aaaaaaaaaaa")), "CloudHsmClusterNotFoundException");
  EXPECT_EQ(CodeOf(Move(id, "cluster-bbbbbbbbbbb")), "CloudHsmClusterNotRelatedException");
  EXPECT_EQ(CodeOf(Move(id, "cluster-ccccccccccc")), "CloudHsmClusterNotRelatedException");
  EXPECT_EQ(CodeOf(Move(id, kRelatedCluster)), "");
  EXPECT_EQ(Describe(id).cloud_hsm_cluster_id(), kRelatedCluster);
}

TEST_F(CustomKeyStores, WantSomethingToUpdate) {
  const std::string id = Create();
  auto request = On<kms::UpdateCustomKeyStoreRequest>(id);
  EXPECT_EQ(CodeOf(world_.Send("UpdateCustomKeyStore", request)), "ValidationException");
  request.set_xks_proxy_connectivity("PUBLIC_ENDPOINT");
  EXPECT_EQ(CodeOf(world_.Send("UpdateCustomKeyStore", request)), "ValidationException");
}

TEST_F(CustomKeyStores, AreListedByPageByNameAndById) {
  const std::string id = Create();
  auto second = Creation("second");
  second.set_cloud_hsm_cluster_id(kRelatedCluster);
  ASSERT_EQ(Created(second), "");
  kms::DescribeCustomKeyStoresRequest request;
  request.set_limit(1);
  const auto first =
      world_.Must<kms::DescribeCustomKeyStoresResponse>("DescribeCustomKeyStores", request);
  ASSERT_TRUE(first.truncated());
  request.set_marker(first.next_marker());
  const auto last =
      world_.Must<kms::DescribeCustomKeyStoresResponse>("DescribeCustomKeyStores", request);
  EXPECT_FALSE(last.truncated());
  EXPECT_NE(first.custom_key_stores(0).custom_key_store_id(),
            last.custom_key_stores(0).custom_key_store_id());
  kms::DescribeCustomKeyStoresRequest named;
  named.set_custom_key_store_name("payments");
  const auto found =
      world_.Must<kms::DescribeCustomKeyStoresResponse>("DescribeCustomKeyStores", named);
  EXPECT_EQ(found.custom_key_stores(0).custom_key_store_id(), id);
  named.set_custom_key_store_id(id);
  EXPECT_EQ(CodeOf(world_.Send("DescribeCustomKeyStores", named)), "ValidationException");
  named.clear_custom_key_store_id();
  named.set_custom_key_store_name("nobody");
  EXPECT_EQ(CodeOf(world_.Send("DescribeCustomKeyStores", named)),
            "CustomKeyStoreNotFoundException");
}

}  // namespace
}  // namespace kmaas::api
