#include "core/services.h"

#include "ports/key_store_engines.h"

namespace kmaas::core {

Result<std::shared_ptr<ports::CryptoEngine>> Services::EngineFor(const domain::Key& key) const {
  if (key.custom_key_store_id.empty()) {
    // Borrowed: shares nothing, and deletes nothing.
    return std::shared_ptr<ports::CryptoEngine>(std::shared_ptr<void>(), &engine);
  }
  if (key_stores == nullptr) {
    return Error{ErrorCode::kKmsInternal, "",
                 "key " + key.id.ToText() + " is in a custom key store, and there are none"};
  }
  return key_stores->EngineOf(key.custom_key_store_id);
}

}  // namespace kmaas::core
