// A token in memory: ports::CryptoEngine without PKCS#11, held to the same contract suite.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "ports/crypto_engine.h"
#include "tests/fakes/fake_token.h"

namespace kmaas::fakes {

// Thread-safe. Refuses what the real engine refuses: a passed deadline (when it has a clock), a
// blob of another token, dialect or root generation, material that was destroyed, a token that is
// away. Like SoftHSM it has no wrapped Ed25519 keys, and no Ed25519ph in the token. Never for
// production: keys lie in process memory.
class FakeCryptoEngine final : public ports::CryptoEngine {
 public:
  // `clock` is borrowed; without one, deadlines never pass. Two engines over one token are what a
  // restart sees.
  explicit FakeCryptoEngine(const Clock* clock = nullptr,
                            std::shared_ptr<FakeToken> token = std::make_shared<FakeToken>());

  Result<domain::Custody> CustodyFor(domain::KeySpec spec, domain::KeyUsage usage,
                                     domain::Custody wished) const override;
  Result<ports::GeneratedMaterial> GenerateMaterial(const ports::MaterialPlan& plan,
                                                    Deadline deadline) override;
  Result<SecretBytes> DeriveMessageKey(const domain::KeyMaterial& material, ByteView input,
                                       Deadline deadline) override;
  Result<Bytes> Sign(const domain::KeyMaterial& material, domain::SigningAlgorithm algorithm,
                     ByteView input, Deadline deadline) override;
  Result<SecretBytes> DecryptRsa(const domain::KeyMaterial& material,
                                 domain::EncryptionAlgorithm algorithm, ByteView ciphertext,
                                 Deadline deadline) override;
  Result<Bytes> MakeMac(const domain::KeyMaterial& material, domain::MacAlgorithm algorithm,
                        ByteView message, Deadline deadline) override;
  Result<SecretBytes> AgreeSecret(const domain::KeyMaterial& material, ByteView peer_public_key,
                                  Deadline deadline) override;
  Result<Bytes> MakeImportKey(const domain::ImportKeyId& id, domain::WrappingKeySpec spec,
                              domain::WrappingAlgorithm algorithm, Deadline deadline) override;
  Result<ports::ImportedMaterial> ImportMaterial(const ports::ImportPlan& plan, ByteView wrapped,
                                                 Deadline deadline) override;
  Result<void> DestroyImportKey(const domain::ImportKeyId& id, Deadline deadline) override;
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
  Result<SecretBytes> SecretOf(const domain::KeyMaterial& material);
  Result<crypto::PrivateKey> PrivateKeyOf(const domain::KeyMaterial& material);
  // What was wrapped by the pair of the plan's import key.
  Result<SecretBytes> Unwrapped(const ports::ImportPlan& plan, ByteView wrapped);

  const Clock* clock_;
  std::shared_ptr<FakeToken> token_;
  std::atomic<bool> away_{false};
  std::atomic<std::uint64_t> calls_{0};
  mutable std::mutex fault_mutex_;
  std::uint64_t fault_at_ = 0;
  std::optional<Error> fault_;
};

}  // namespace kmaas::fakes
