// An import key that the HSM has made and no row names yet.
#pragma once

#include <exception>
#include <memory>
#include <typeinfo>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "ports/crypto_engine.h"

namespace kmaas::operations {

// Destroys an import key that no committed row names.
class UncommittedImportKey {
 public:
  // `engine` is the one that made it.
  UncommittedImportKey(std::shared_ptr<ports::CryptoEngine> engine, const Clock& clock,
                       const domain::ImportKeyId& id)
      : engine_(std::move(engine)),
        id_(id),
        deadline_(Deadline::After(clock, 2 * limits::kCallDeadline)) {}
  UncommittedImportKey(const UncommittedImportKey&) = delete;
  UncommittedImportKey& operator=(const UncommittedImportKey&) = delete;
  ~UncommittedImportKey() {
    if (kept_) return;
    // The call has failed already; what cannot be destroyed now opens only what nobody will send.
    try {
      if (!engine_->DestroyImportKey(id_, deadline_))
        log::Error("import_key_orphaned", {{"import_key_id", id_.ToText()}});
    } catch (const std::exception& failure) {
      log::Error("import_key_orphaned", {{"type", typeid(failure).name()}});
    }
  }
  void Keep() { kept_ = true; }

 private:
  std::shared_ptr<ports::CryptoEngine> engine_;
  const domain::ImportKeyId id_;
  const Deadline deadline_;  // past that of the call, which may have failed for being late
  bool kept_ = false;
};

}  // namespace kmaas::operations
