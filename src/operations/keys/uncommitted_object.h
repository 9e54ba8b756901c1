// What the HSM has made and no row names yet.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "ports/crypto_engine.h"

namespace kmaas::operations {

// Destroys an object that no committed row names, unless it is kept.
class UncommittedObject {
 public:
  using Destroy = std::function<Result<void>(ports::CryptoEngine&, Deadline)>;
  // What the log says when it cannot be destroyed: `event`, with its id under `id_name`.
  struct Orphan {
    std::string event;
    std::string id_name;
    std::string id;
  };
  // `engine` is the one that made it.
  UncommittedObject(std::shared_ptr<ports::CryptoEngine> engine, const Clock& clock, Orphan orphan,
                    Destroy destroy)
      : engine_(std::move(engine)),
        orphan_(std::move(orphan)),
        destroy_(std::move(destroy)),
        deadline_(Deadline::After(clock, 2 * limits::kCallDeadline)) {}
  UncommittedObject(const UncommittedObject&) = delete;
  UncommittedObject& operator=(const UncommittedObject&) = delete;
  // The call has failed already, or has done without it: what cannot be destroyed now is an orphan
  // that no row names.
  ~UncommittedObject() {
    if (kept_) return;
    try {
      if (const Result<void> destroyed = destroy_(*engine_, deadline_); !destroyed)
        log::Error(orphan_.event, {{orphan_.id_name, orphan_.id}});
    } catch (const std::exception& failure) {
      log::Error(orphan_.event, {{orphan_.id_name, orphan_.id}, {"type", typeid(failure).name()}});
    }
  }
  void Keep() { kept_ = true; }

 private:
  std::shared_ptr<ports::CryptoEngine> engine_;
  const Orphan orphan_;
  const Destroy destroy_;
  const Deadline deadline_;  // past that of the call, which may have failed for being late
  bool kept_ = false;
};

}  // namespace kmaas::operations
