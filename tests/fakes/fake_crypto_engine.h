// A token in memory: ports::CryptoEngine without PKCS#11, held to the same contract suite.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "crypto/digest.h"
#include "ports/crypto_engine.h"

struct evp_pkey_st;

namespace kmaas::fakes {

// What outlives an engine: the root, the service keys, the audit key and the resident keys.
// Thread-safe where FakeCryptoEngine uses it.
class FakeToken {
 public:
  FakeToken();
  ~FakeToken();
  FakeToken(const FakeToken&) = delete;
  FakeToken& operator=(const FakeToken&) = delete;

 private:
  friend class FakeCryptoEngine;
  SecretBytes root_;
  SecretBytes integrity_;
  SecretBytes seal_;
  evp_pkey_st* audit_key_;
  std::mutex mutex_;
  std::map<domain::MaterialId, SecretBytes> resident_;
};

// Thread-safe. Refuses what the real engine refuses: a passed deadline (when it has a clock), a
// blob of another token, dialect or root generation, material that was destroyed, a token that is
// away. Never for production: keys lie in process memory.
class FakeCryptoEngine final : public ports::CryptoEngine {
 public:
  // `clock` is borrowed; without one, deadlines never pass. Two engines over one token are what a
  // restart sees.
  explicit FakeCryptoEngine(const Clock* clock = nullptr,
                            std::shared_ptr<FakeToken> token = std::make_shared<FakeToken>());

  Result<ports::GeneratedMaterial> GenerateBackingKey(domain::Custody custody,
                                                      const domain::MaterialId& id,
                                                      Deadline deadline) override;
  Result<SecretBytes> DeriveMessageKey(const domain::KeyMaterial& material, ByteView input,
                                       Deadline deadline) override;
  Result<void> DestroyMaterial(const domain::KeyMaterial& material, Deadline deadline) override;
  Result<void> GenerateRandom(MutableByteView out, Deadline deadline) override;
  Result<SecretBytes> DeriveServiceKey(ports::ServiceKey key, std::string_view label,
                                       ByteView context, Deadline deadline) override;
  Result<Bytes> SignAuditDigest(const std::array<std::uint8_t, 32>& digest,
                                Deadline deadline) override;
  Result<Bytes> AuditPublicKey() override;
  ports::EngineStatus Status() const override;
  Result<void> CheckHealth(Deadline deadline) override;

  std::shared_ptr<FakeToken> token() const { return token_; }
  // While away, every call fails as the real engine's calls do without their token.
  void SetAway(bool away) { away_ = away; }
  // The n-th call from now (1 is the next one) fails with `error`, and only that one.
  void FailCall(std::uint64_t n, Error error);
  // Calls so far that a token would have seen; refused ones count too.
  std::uint64_t calls() const { return calls_.load(); }

 private:
  // What every call does first: counts, and fails when a fault, the deadline or the token says so.
  Result<void> Admit(Deadline deadline, ErrorCode when_away);
  Result<crypto::Sha256Digest> MacUnderMaterial(const domain::KeyMaterial& material,
                                                ByteView input);

  const Clock* clock_;
  std::shared_ptr<FakeToken> token_;
  std::atomic<bool> away_{false};
  std::atomic<std::uint64_t> calls_{0};
  mutable std::mutex fault_mutex_;
  std::uint64_t fault_at_ = 0;
  std::optional<Error> fault_;
};

}  // namespace kmaas::fakes
