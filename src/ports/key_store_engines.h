// The tokens of custom key stores, as the core sees them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "domain/custom_key_store.h"
#include "ports/crypto_engine.h"

namespace kmaas::ports {

// The token that a cluster id stands for, as the operator named it.
struct KeyStoreToken {
  std::string label;
  std::string serial = {};        // empty: the label says it all
  std::string trust_anchor = {};  // PEM; empty: the operator does not ask for one
};

// How an attempt to connect ended: with a connected engine, or for a reason.
struct ConnectionOutcome {
  std::optional<domain::ConnectionErrorCode> failure = {};
  std::string token_serial = {};  // of the token that was found
};

// What an attempt is made with.
struct KeyStoreConnection {
  std::string custom_key_store_id;
  std::string account;  // of the store
  std::string cloud_hsm_cluster_id;
  std::string token_serial = {};  // of the token that it was before; empty: it is the first time
  SecretBytes password;           // the PIN of the token's user; tried once
  // True: it was connected before the server started. A token that is not there is waited for, and
  // only a login that failed is told.
  bool resumed = false;
  // Told how it ended, on a thread of the implementation; false: the connection is not wanted any
  // more, and ends. Told once more when the token refuses the password later.
  std::function<bool(const ConnectionOutcome&)> ended;
};

// Thread-safe. The engine of a store is shared: a call that has one may end after the store was
// disconnected, and then fails as it does without a token.
class KeyStoreEngines {
 public:
  virtual ~KeyStoreEngines() = default;
  // kKmsInvalidState unless the store is connected; kKeyUnavailable when its token is away.
  virtual Result<std::shared_ptr<CryptoEngine>> EngineOf(std::string_view custom_key_store_id) = 0;
  // Nothing when the operator has named no token of this account so.
  virtual std::optional<KeyStoreToken> FindCluster(std::string_view account,
                                                   std::string_view cloud_hsm_cluster_id) const = 0;
  // Begins to connect, and returns at once. An earlier connection of the store ends first.
  virtual void Connect(KeyStoreConnection connection) = 0;
  // Returns at once; EngineOf refuses from now on. Success when there is no connection.
  virtual void Disconnect(std::string_view custom_key_store_id) = 0;
};

}  // namespace kmaas::ports
