// ports::CryptoEngine over a PKCS#11 token.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "hsm/engine_counters.h"
#include "hsm/lane.h"
#include "ports/crypto_engine.h"
#include "ports/store_head.h"
#include "ports/token_keys.h"
#include "ports/token_roots.h"

namespace kmaas::hsm {

enum class Check;
class EngineCore;
class PinVerdict;
class SharedModule;
class TokenAnchor;
class TokenKeys;
class TokenRoots;

struct EngineOptions {
  std::string module_path;
  std::string module_parameters = {};  // pReserved of C_Initialize; NSS only
  std::string token_label;
  std::string token_serial = {};  // needed when two tokens share the label
  SecretBytes user_pin;           // kept for recoveries, in locked memory
  // Shared by engines over one token; null: the engine has one of its own.
  std::shared_ptr<PinVerdict> pin_verdict = nullptr;
  // Short calls: MAC, random, loading a key for them. SoftHSM gets slower with a second one at a
  // time.
  LaneOptions short_lane{1, 2048};
  // What private keys do, key generation, imports, searches.
  LaneOptions long_lane{2, 12};
  std::size_t cached_keys_max = 16384;  // loaded keys; each takes 8.4 kB in SoftHSM
  // Whether ECDSA signatures are verified before they are answered, as those by RSA always are. It
  // takes longer than to make them.
  bool check_ecdsa = true;
  // Development only: goes on with a token or roots that do not keep keys in, and says so loudly.
  bool accept_weak_token = false;
  // At most one recovery is begun per interval. After one that failed, calls fail until then.
  std::chrono::milliseconds recovery_interval{250};
  // Where other engines are over other tokens of the module; null: it is loaded for this one alone,
  // from module_path.
  std::shared_ptr<SharedModule> module = nullptr;
  // A token of a custom key store: it was not made by `kmaas init`, has resident keys alone and
  // none of the service's (KeyStoreEngine).
  bool key_store = false;
  // A member of a group: once its token is lost, calls fail at once, for another member to take
  // them, until Revive() brings it back; and other engines of the module are disturbed as little as
  // possible.
  bool is_member = false;
};

// Thread-safe. One at a time per token and process; those of one module share it. Close() before
// the program ends: modules are reported to crash when left to their exit handlers.
class Engine final : public ports::CryptoEngine {
 public:
  // Loads the module, logs in (one attempt, never repeated), finds and verifies what `kmaas init`
  // made, and learns by known-answer probes what the token really does. `clock` is borrowed.
  static Result<std::unique_ptr<Engine>> Open(EngineOptions options, const Clock& clock);
  ~Engine() override;  // closes
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Where the token remembers the store's head; not for the engine of a key store. Lives as long as
  // the engine.
  ports::TokenAnchor& anchor();
  // What was made in the token; likewise.
  ports::TokenKeys& token_keys();
  // The generations of its roots; likewise.
  ports::TokenRoots& roots();

  // Lets running calls end, then finalises the module; every later call fails. Idempotent.
  void Close();
  // Whether the token refused the PIN when the engine recovered, which it tries no more.
  bool IsPinRefused() const;

  // Of a member: whether its token is lost and not revived yet. No call to the token.
  bool IsAway() const;
  // Recovers when the token is away; one try, at most one per recovery_interval.
  Result<void> Revive(Deadline deadline);
  // Wrapped material as GenerateMaterial makes it, under a generation of the roots that need not be
  // the one that wraps.
  Result<ports::GeneratedMaterial> GenerateUnder(const ports::MaterialPlan& plan,
                                                 std::uint32_t root_generation, Deadline deadline);
  // Whether the token has the object of a resident key. It is sought, so not for each call.
  Result<bool> HoldsResident(const domain::KeyMaterial& material, Deadline deadline);

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
  ports::EngineStatus Status() const override;
  EngineCounters counters() const;
  Result<void> CheckHealth(Deadline deadline) override;

 private:
  explicit Engine(std::unique_ptr<EngineCore> core);
  Result<SecretBytes> MacInToken(const domain::KeyMaterial& material, std::uint64_t mechanism,
                                 ByteView input, Check check, Deadline deadline);
  Result<SecretBytes> MessageKey(const domain::KeyMaterial& material, ByteView input, Check check,
                                 Deadline deadline);
  // The key of custody process, in the form of process_uses.h.
  Result<std::shared_ptr<const SecretBytes>> Opened(const domain::KeyMaterial& material,
                                                    Deadline deadline);
  std::unique_ptr<EngineCore> core_;
  std::unique_ptr<TokenAnchor> anchor_;  // over the core
  std::unique_ptr<TokenKeys> token_keys_;
  std::unique_ptr<TokenRoots> roots_;  // likewise
};

}  // namespace kmaas::hsm
