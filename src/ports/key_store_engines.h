// The tokens of custom key stores, as the core sees them.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "ports/crypto_engine.h"

namespace kmaas::ports {

// Thread-safe. The engine of a store is shared: a call that has one may end after the store was
// disconnected, and then fails as it does without a token.
class KeyStoreEngines {
 public:
  virtual ~KeyStoreEngines() = default;
  // kKmsInvalidState unless the store is connected; kKeyUnavailable when its token is away.
  virtual Result<std::shared_ptr<CryptoEngine>> EngineOf(std::string_view custom_key_store_id) = 0;
};

}  // namespace kmaas::ports
