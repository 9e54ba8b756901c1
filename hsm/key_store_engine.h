// ports::CryptoEngine over the token of a custom key store: symmetric keys that never leave it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "domain/custom_key_store.h"
#include "hsm/engine.h"

namespace kmaas::hsm {

class KeyStoreEngine;

// What came of an attempt: an engine, or why there is none, in AWS's words and in ours.
struct KeyStoreOpening {
  std::shared_ptr<KeyStoreEngine> engine = nullptr;
  std::string token_serial = {};
  std::optional<domain::ConnectionErrorCode> failure = {};
  // Whether the token has seen the PIN and did not let it in, for whatever reason: it may count
  // that.
  bool login_failed = false;
  std::string detail = {};  // for the log
};

// Thread-safe. A few callers at a time, as a token that hangs keeps their threads; one more is
// turned away (kThrottling). Makes, uses and destroys resident keys and draws randomness; whatever
// else the port has is the service's own token's to do, and is refused (kUnsupportedOperation).
class KeyStoreEngine final : public ports::CryptoEngine {
 public:
  // One login attempt. An empty label or serial of the options matches any; not both. Other engines
  // of options.module go on; their calls may be held up for a moment while the module looks for a
  // new token. Borrows the clock.
  static KeyStoreOpening Open(EngineOptions options, const Clock& clock);

  // Logs out; see Engine::Close.
  void Close() { engine_->Close(); }
  // See Engine::IsPinRefused.
  bool IsPinRefused() const { return engine_->IsPinRefused(); }

  Result<domain::Custody> CustodyFor(domain::KeySpec spec, domain::KeyUsage usage,
                                     domain::Custody wished) const override;
  Result<ports::GeneratedMaterial> GenerateMaterial(const ports::MaterialPlan& plan,
                                                    Deadline deadline) override;
  Result<SecretBytes> DeriveMessageKey(const domain::KeyMaterial& material, ByteView input,
                                       Deadline deadline) override;
  Result<SecretBytes> TryMessageKey(const domain::KeyMaterial& material, ByteView input,
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
  ports::EngineStatus Status() const override { return engine_->Status(); }
  Result<void> CheckHealth(Deadline deadline) override { return engine_->CheckHealth(deadline); }

 private:
  explicit KeyStoreEngine(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
  // Calls the engine unless too many do.
  template <class Body>
  auto Admitted(const Body& body) -> decltype(body());

  std::unique_ptr<Engine> engine_;
  std::atomic<std::size_t> callers_{0};
};

}  // namespace kmaas::hsm
