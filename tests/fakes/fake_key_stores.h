// Tokens of custom key stores in memory, which connect when the test says so.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "ports/key_store_engines.h"
#include "tests/fakes/fake_crypto_engine.h"

namespace kmaas::fakes {

// Thread-safe but for the set-up. Login attempts are counted: a PIN that was refused must not be
// tried again.
class FakeKeyStores final : public ports::KeyStoreEngines {
 public:
  struct Cluster {
    std::string account = "111122223333";
    ports::KeyStoreToken token;
    std::string password;
    std::shared_ptr<FakeToken> keys = std::make_shared<FakeToken>();
    std::shared_ptr<FakeCryptoEngine> engine = nullptr;  // of the last connection
    int logins = 0;
    bool there = true;
  };

  Cluster& AddCluster(const std::string& id, ports::KeyStoreToken token, std::string password) {
    Cluster& cluster = clusters_[id];
    cluster.token = std::move(token);
    cluster.password = std::move(password);
    return cluster;
  }
  Cluster& cluster(const std::string& id) { return clusters_.at(id); }

  // Ends what Connect has begun.
  void FinishConnections() {
    for (ports::KeyStoreConnection& one : std::exchange(pending_, {})) Finish(one);
  }

  // As a recovery finds it after somebody has changed the PIN.
  void RefuseLater(const std::string& id) {
    const auto ended = ended_.at(id);
    if (!ended({.failure = domain::ConnectionErrorCode::kInvalidCredentials})) Disconnect(id);
  }

  Result<std::shared_ptr<ports::CryptoEngine>> EngineOf(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    const auto found = engines_.find(std::string(id));
    if (found == engines_.end()) return Error{ErrorCode::kKmsInvalidState, "not connected"};
    return std::shared_ptr<ports::CryptoEngine>(found->second);
  }
  std::optional<ports::KeyStoreToken> FindCluster(std::string_view account,
                                                  std::string_view id) const override {
    const auto found = clusters_.find(std::string(id));
    if (found == clusters_.end() || found->second.account != account) return std::nullopt;
    return found->second.token;
  }
  void Connect(ports::KeyStoreConnection connection) override {
    Disconnect(connection.custom_key_store_id);
    const std::lock_guard lock(mutex_);
    pending_.push_back(std::move(connection));
  }
  void Disconnect(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    engines_.erase(std::string(id));
    std::erase_if(pending_, [&](const auto& one) { return one.custom_key_store_id == id; });
  }

 private:
  std::optional<domain::ConnectionErrorCode> LogIn(const ports::KeyStoreConnection& connection) {
    const auto found = clusters_.find(connection.cloud_hsm_cluster_id);
    if (found == clusters_.end() || !found->second.there)
      return domain::ConnectionErrorCode::kClusterNotFound;
    ++found->second.logins;
    if (AsText(connection.password.view()) != found->second.password)
      return domain::ConnectionErrorCode::kInvalidCredentials;
    return std::nullopt;
  }
  void Finish(ports::KeyStoreConnection& connection) {
    const auto failure = LogIn(connection);
    if (!failure) {
      Cluster& cluster = clusters_.at(connection.cloud_hsm_cluster_id);
      cluster.engine = std::make_shared<FakeCryptoEngine>(nullptr, cluster.keys);
      const std::lock_guard lock(mutex_);
      engines_[connection.custom_key_store_id] = cluster.engine;
    }
    ended_[connection.custom_key_store_id] = connection.ended;
    if (!connection.ended({failure, failure ? "" : "0123456789abcdef"}))
      Disconnect(connection.custom_key_store_id);
  }

  std::map<std::string, Cluster> clusters_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<FakeCryptoEngine>> engines_;
  std::vector<ports::KeyStoreConnection> pending_;
  std::map<std::string, std::function<bool(const ports::ConnectionOutcome&)>> ended_;  // by store
};

}  // namespace kmaas::fakes
