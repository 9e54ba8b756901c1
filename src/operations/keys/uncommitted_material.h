// Material that the HSM has made and no row names yet.
#pragma once

#include <exception>
#include <memory>
#include <typeinfo>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "ports/crypto_engine.h"

namespace kmaas::operations {

// Destroys material that no committed row names.
class UncommittedMaterial {
 public:
  // Borrows the material. `engine` is the one that made it.
  UncommittedMaterial(std::shared_ptr<ports::CryptoEngine> engine, const Clock& clock,
                      const domain::KeyMaterial& material)
      : engine_(std::move(engine)),
        material_(material),
        deadline_(Deadline::After(clock, 2 * limits::kCallDeadline)) {}
  UncommittedMaterial(const UncommittedMaterial&) = delete;
  UncommittedMaterial& operator=(const UncommittedMaterial&) = delete;
  ~UncommittedMaterial() {
    // The call has failed already; what cannot be destroyed now is an orphan that no row names.
    try {
      if (!kept_) (void)engine_->DestroyMaterial(material_, deadline_);
    } catch (const std::exception& failure) {
      log::Error("material_orphaned", {{"type", typeid(failure).name()}});
    }
  }
  void Keep() { kept_ = true; }

 private:
  std::shared_ptr<ports::CryptoEngine> engine_;
  const domain::KeyMaterial& material_;
  const Deadline deadline_;  // past that of the call, which may have failed for being late
  bool kept_ = false;
};

}  // namespace kmaas::operations
