// ports::KeyStoreEngines over PKCS#11 tokens: which are connected, and how they come and go.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/config.h"
#include "base/clock.h"
#include "hsm/key_store_engine.h"
#include "hsm/shared_module.h"
#include "ports/key_store_engines.h"

namespace kmaas::app {

// Modules of the service's own tokens, which key stores may share, by path.
using OwnModules = std::map<std::string, std::shared_ptr<hsm::SharedModule>>;

// Thread-safe. One thread of its own makes and ends connections, one after the other; it holds the
// object, so that a token that hangs may outlast Close(), which is due before the last reference
// goes. Borrows the clock.
class KeyStoreConnections final : public ports::KeyStoreEngines {
 public:
  // Reads the trust anchors; the error names the file. Connects nothing.
  static Result<std::shared_ptr<KeyStoreConnections>> Create(std::vector<KeyStoreConfig> stores,
                                                             OwnModules own, const Clock& clock);
  ~KeyStoreConnections() override = default;
  KeyStoreConnections(const KeyStoreConnections&) = delete;
  KeyStoreConnections& operator=(const KeyStoreConnections&) = delete;

  Result<std::shared_ptr<ports::CryptoEngine>> EngineOf(
      std::string_view custom_key_store_id) override;
  std::optional<ports::KeyStoreToken> FindCluster(
      std::string_view account, std::string_view cloud_hsm_cluster_id) const override;
  void Connect(ports::KeyStoreConnection connection) override;
  void Disconnect(std::string_view custom_key_store_id) override;

  // Has each connected token asked for a known answer, and those looked for again that were not
  // there when the server started. Returns at once: a token that hangs holds up the other key
  // stores alone.
  void CheckHealth(std::chrono::milliseconds span);
  // Ends every connection. Idempotent; Connect does nothing afterwards, and nobody is told any more
  // how a connection ended. Leaves a token that hangs as it is after ten seconds.
  void Close();

 private:
  struct Entry {
    std::shared_ptr<ports::KeyStoreConnection> wanted;
    std::shared_ptr<hsm::KeyStoreEngine> engine;  // null: not yet, or its token is not there
    bool in_work = false;                         // the thread is at it, or will be
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  KeyStoreConnections(std::vector<KeyStoreConfig> stores, std::vector<std::string> trust_anchors,
                      OwnModules own, const Clock& clock);
  void Run();
  void Do(const std::function<void()>& job);
  void Enqueue(std::function<void()> job);
  void Attempt(const std::shared_ptr<ports::KeyStoreConnection>& wanted);
  hsm::KeyStoreOpening Open(const ports::KeyStoreConnection& wanted);
  hsm::KeyStoreOpening OpenOrFail(const ports::KeyStoreConnection& wanted);
  // Whether the attempt is still that of its store; keeps what came of it.
  bool Keep(const ports::KeyStoreConnection& wanted, const hsm::KeyStoreOpening& opening);
  void AskHealth(const ports::KeyStoreConnection& wanted, hsm::KeyStoreEngine& engine,
                 std::chrono::milliseconds span);
  void Conclude(const ports::KeyStoreConnection& wanted, const hsm::KeyStoreOpening& opening);
  // Whether the connection is still wanted.
  bool Tell(const ports::KeyStoreConnection& wanted, const ports::ConnectionOutcome& outcome);
  bool IsCurrent(const ports::KeyStoreConnection& wanted);
  void EndWork(const ports::KeyStoreConnection& wanted);
  // Forgets the entry when it is of this attempt (null: whatever it is) and logs out.
  void Drop(std::string_view id, const ports::KeyStoreConnection* of);
  Result<std::shared_ptr<hsm::SharedModule>> ModuleOf(const KeyStoreConfig& store);
  const KeyStoreConfig* FindConfig(std::string_view account,
                                   std::string_view cloud_hsm_cluster_id) const;

  const std::vector<KeyStoreConfig> stores_;
  const std::vector<std::string> trust_anchors_;  // texts, in the order of stores_
  const Clock& clock_;
  // Used by the thread alone.
  std::map<std::string, std::shared_ptr<hsm::SharedModule>> modules_;  // by path

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Entries entries_;  // by custom key store id
  std::deque<std::function<void()>> jobs_;
  std::vector<std::shared_ptr<hsm::KeyStoreEngine>> left_engines_;  // to be closed by Close()
  bool closing_ = false;
  bool telling_ = false;  // how a connection ended: the store is being written
  bool ended_ = false;    // the thread
  std::thread thread_;
};

}  // namespace kmaas::app
