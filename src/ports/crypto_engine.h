// The HSM as the core sees it: keys that are named, used and never seen.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "domain/key.h"

namespace kmaas::ports {

// The keys that the service itself owns in the token, made once at initialisation.
enum class ServiceKey {
  kIntegrity,  // row MACs, heads, page markers
  kSeal,       // secrets that the database holds: credentials, process custody
};

// What GenerateBackingKey made. For custody resident a token object exists from now on, and the
// caller owns it until a KeyMaterial that names it is committed: destroy it with DestroyMaterial
// otherwise.
struct GeneratedMaterial {
  domain::WrapDialect dialect = domain::WrapDialect::kNone;
  std::uint32_t root_generation = 0;
  std::uint32_t length_bytes = 0;
  Bytes blob;
};

// A snapshot for operators and metrics.
struct EngineStatus {
  bool healthy = false;
  std::uint64_t engine_generation = 0;  // grows by one with each recovery
  std::string module_path;
  std::string module_description;
  std::string token_label;
  std::string token_serial;
  std::string token_model;
  std::vector<std::string> mechanisms;   // found by known-answer probes, not by the token's list
  std::vector<domain::Custody> custody;  // available with this token
  std::vector<std::uint32_t> root_generations;
  std::size_t cached_keys = 0;
  std::size_t short_lane_waiting = 0;
  std::size_t long_lane_waiting = 0;
  std::string last_error;
};

// Thread-safe. Every call obeys its deadline: work that cannot begin in time fails with kThrottling
// (lane full or deadline passed while waiting) and has no effect. A token that is away gives
// kKeyUnavailable for customers' keys and kDependencyTimeout elsewhere; recovery happens inside,
// without a restart. Outputs of the token are checked before they are returned where the check is
// cheap (length, not all zero).
class CryptoEngine {
 public:
  virtual ~CryptoEngine() = default;

  // A 256-bit backing key of a symmetric CMK: MAC only, made in the token. For custody resident the
  // token object is named by `id`.
  virtual Result<GeneratedMaterial> GenerateBackingKey(domain::Custody custody,
                                                       const domain::MaterialId& id,
                                                       Deadline deadline) = 0;

  // HMAC-SHA-256 under the backing key, inside the token: the key of one message (32 bytes). The
  // material is loaded on first use and stays cached by material id.
  virtual Result<SecretBytes> DeriveMessageKey(const domain::KeyMaterial& material, ByteView input,
                                               Deadline deadline) = 0;

  // Forgets cached material and destroys the token object of custody resident. Success when it is
  // gone already.
  virtual Result<void> DestroyMaterial(const domain::KeyMaterial& material, Deadline deadline) = 0;

  virtual Result<void> GenerateRandom(MutableByteView out, Deadline deadline) = 0;

  // HMAC-SHA-256 under a service key over label and context, length-prefixed: a 32-byte key for one
  // purpose.
  virtual Result<SecretBytes> DeriveServiceKey(ServiceKey key, std::string_view label,
                                               ByteView context, Deadline deadline) = 0;

  // ECDSA P-256 by the token's audit key over a SHA-256 digest; r‖s, 64 bytes. The public key is a
  // DER SPKI.
  virtual Result<Bytes> SignAuditDigest(const std::array<std::uint8_t, 32>& digest,
                                        Deadline deadline) = 0;
  virtual Result<Bytes> AuditPublicKey() = 0;

  virtual EngineStatus Status() const = 0;

  // A known-answer operation with a token key; starts a recovery when it fails. Called by the
  // health timer.
  virtual Result<void> CheckHealth(Deadline deadline) = 0;
};

}  // namespace kmaas::ports
