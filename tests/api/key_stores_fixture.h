// A core beside which the tokens of two custom key stores stand.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/errors.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "operations/key_stores/connection.h"
#include "tests/api/environment.h"
#include "tests/fakes/fake_key_stores.h"

namespace kmaas::api {

namespace kms = ::kmaas::kms::v1;

inline constexpr char kCluster[] = "cluster-234567abcde";
inline constexpr char kRelatedCluster[] = "cluster-765432zyxwv";
inline constexpr char kPassword[] = "kmsuser-pin-1";
inline constexpr char kTrustAnchor[] =
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgI=\n-----END CERTIFICATE-----\n";
inline constexpr char kOtherAnchor[] =
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgJ=\n-----END CERTIFICATE-----\n";

class KeyStoresTest : public testing::Test {
 protected:
  KeyStoresTest() {
    world_.services.key_stores = &stores_;
    stores_.AddCluster(kCluster, {"payments", "", kTrustAnchor}, kPassword);
    stores_.AddCluster(kRelatedCluster, {"payments-copy", "", kTrustAnchor}, kPassword);
  }

  static kms::CreateCustomKeyStoreRequest Creation(const std::string& name = "payments") {
    kms::CreateCustomKeyStoreRequest request;
    request.set_custom_key_store_name(name);
    request.set_cloud_hsm_cluster_id(kCluster);
    request.set_trust_anchor_certificate(kTrustAnchor);
    request.set_key_store_password(kPassword);
    return request;
  }
  std::string Create() {
    return world_.Must<kms::CreateCustomKeyStoreResponse>("CreateCustomKeyStore", Creation())
        .custom_key_store_id();
  }
  // A request whose one member names the store.
  template <class Request>
  static Request On(const std::string& id) {
    Request request;
    request.set_custom_key_store_id(id);
    return request;
  }
  Result<core::WipedMessage> Connect(const std::string& id) {
    return world_.Send("ConnectCustomKeyStore", On<kms::ConnectCustomKeyStoreRequest>(id));
  }
  Result<core::WipedMessage> Disconnect(const std::string& id) {
    return world_.Send("DisconnectCustomKeyStore", On<kms::DisconnectCustomKeyStoreRequest>(id));
  }
  Result<core::WipedMessage> Delete(const std::string& id) {
    return world_.Send("DeleteCustomKeyStore", On<kms::DeleteCustomKeyStoreRequest>(id));
  }
  Result<core::WipedMessage> SetPassword(const std::string& id, const std::string& password) {
    auto request = On<kms::UpdateCustomKeyStoreRequest>(id);
    request.set_key_store_password(password);
    return world_.Send("UpdateCustomKeyStore", request);
  }
  std::string Connected() {
    std::string id = Create();
    EXPECT_TRUE(Connect(id));
    stores_.FinishConnections();
    return id;
  }
  kms::CustomKeyStoresListEntry Describe(const std::string& id) {
    return world_
        .Must<kms::DescribeCustomKeyStoresResponse>("DescribeCustomKeyStores",
                                                    On<kms::DescribeCustomKeyStoresRequest>(id))
        .custom_key_stores(0);
  }
  static kms::CreateKeyRequest KeyIn(const std::string& id) {
    auto request = On<kms::CreateKeyRequest>(id);
    request.set_origin("AWS_CLOUDHSM");
    return request;
  }
  std::string MakeKeyIn(const std::string& id) {
    return world_.Must<kms::CreateKeyResponse>("CreateKey", KeyIn(id)).key_metadata().arn();
  }
  template <class Request>
  static Request OnKey(const std::string& key) {
    Request request;
    request.set_key_id(key);
    return request;
  }
  std::string StateOf(const std::string& key) {
    return world_.Must<kms::DescribeKeyResponse>("DescribeKey", OnKey<kms::DescribeKeyRequest>(key))
        .key_metadata()
        .key_state();
  }
  Result<core::WipedMessage> Encrypt(const std::string& key) {
    auto request = OnKey<kms::EncryptRequest>(key);
    request.set_plaintext("hello");
    return world_.Send("Encrypt", request);
  }
  static std::string CodeOf(const Result<core::WipedMessage>& reply) {
    return reply ? "" : std::string(core::RowOf(reply.error().code).aws_name);
  }

  Environment world_;
  fakes::FakeKeyStores stores_;
};

}  // namespace kmaas::api
