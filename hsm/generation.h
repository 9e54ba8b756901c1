// An engine generation: everything that is only good between one C_Initialize and its C_Finalize.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "hsm/engine.h"
#include "hsm/library.h"
#include "hsm/material_cache.h"
#include "hsm/service_keys.h"
#include "hsm/session.h"
#include "hsm/token.h"
#include "hsm/token_profiles.h"
#include "ports/store_head.h"

namespace kmaas::hsm {

// Members are constant after Start, except the caches (thread-safe), the keeper and the roots
// (locked).
// Whoever holds a permit of a lane may use that lane's session of the same slot.
class Generation {
 public:
  // Finds the token, logs in once, verifies the keys, opens the sessions. kAccessDenied means that
  // the PIN was refused and must not be tried again. The library must be initialised; after a
  // failure the caller finalises it.
  static Result<std::unique_ptr<Generation>> Start(const std::shared_ptr<Library>& library,
                                                   const EngineOptions& options);

  const Token& token() const { return *token_; }
  const TokenProfile& profile() const { return *profile_; }
  const ServiceKeys& keys() const { return keys_; }
  // As they were when they were last sought.
  std::shared_ptr<const Roots> roots() const;
  // Seeks them again through `session`; for whoever holds LockTokenObjects().
  Result<void> SeekRoots(const Session& session, bool accept_weak);
  // What wraps new material: the lowest generation until somebody says otherwise.
  std::uint32_t wrapping_root() const { return wrapping_root_; }
  // kNotFound when not every class of material has it.
  Result<void> WrapWith(std::uint32_t root_generation);
  const WrapMethod& wrap() const { return wrap_; }
  MaterialCache& cache() { return cache_; }  // of keys in the token
  // Of keys of custody process. Apart, because one material may be kept in both ways.
  MaterialCache& process_cache() { return process_cache_; }
  const Session& short_session(std::size_t slot) const { return short_sessions_[slot]; }
  const Session& long_session(std::size_t slot) const { return long_sessions_[slot]; }
  // After an operation was left over in it.
  Rv Reopen(const Session& session);

  // Unwraps into an object of the keeper session, which owns all loaded keys.
  Rv UnwrapIntoKeeper(ObjectHandle root, ByteView blob, const Template& attributes,
                      ObjectHandle& out);

  // For whoever makes, seeks or destroys token objects: SoftHSM fails to make one (general error)
  // while another thread seeks.
  std::unique_lock<std::timed_mutex> LockTokenObjects() {
    return std::unique_lock(token_objects_mutex_);
  }
  // For calls that hold a place which others want: not locked when it takes longer than `patience`.
  std::unique_lock<std::timed_mutex> LockTokenObjects(std::chrono::milliseconds patience) {
    return {token_objects_mutex_, patience};
  }

  // The objects in the token that remember the store's head, and what they say; the head is empty
  // when it does not verify.
  struct KnownAnchor {
    ObjectHandle object;
    std::optional<ports::StoreHead> head;
  };
  struct KnownAnchors {
    std::vector<KnownAnchor> all;
    std::optional<ObjectHandle> flushed;  // the newest that power loss leaves
    int writes_since_flush = 0;
  };
  // Empty: not sought yet. For whoever holds LockTokenObjects().
  std::optional<KnownAnchors>& anchors() { return anchors_; }

  // The answer of the integrity key to a fixed question; equal in all generations of one token.
  using Fingerprint = std::array<std::uint8_t, 32>;
  const Fingerprint& fingerprint() const { return fingerprint_; }
  // Token information and the fingerprint, through `session`: fails when the token is away, even if
  // its session objects still work.
  Rv CheckAlive(const Session& session) const;

  // The directory to flush after token objects changed; empty for hardware.
  std::string FilesToFlush() const;

 private:
  Generation(std::shared_ptr<Token> token, std::size_t cache_capacity)
      : token_(std::move(token)),
        profile_(&ProfileOf(token_->facts())),
        cache_(cache_capacity),
        process_cache_(cache_capacity) {}
  Result<void> Begin(const EngineOptions& options);
  Result<void> LogIn(const EngineOptions& options);
  Result<void> TakeServiceKeys(const EngineOptions& options);
  Result<void> TakeKeyStoreKey(const EngineOptions& options);
  Result<void> OpenSessions(std::size_t count, std::vector<Session>& sessions);

  std::shared_ptr<Token> token_;
  const TokenProfile* profile_;
  WrapMethod wrap_{};
  ServiceKeys keys_;
  mutable std::mutex roots_mutex_;
  std::shared_ptr<const Roots> roots_ = std::make_shared<const Roots>();
  std::atomic<std::uint32_t> wrapping_root_{0};
  Fingerprint fingerprint_{};
  MaterialCache cache_;
  MaterialCache process_cache_;
  std::timed_mutex token_objects_mutex_;
  std::optional<KnownAnchors> anchors_;
  std::mutex keeper_mutex_;
  Session keeper_;
  std::vector<Session> short_sessions_;
  std::vector<Session> long_sessions_;
};

}  // namespace kmaas::hsm
