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
#include "domain/import_key.h"
#include "domain/key.h"
#include "ports/material.h"

namespace kmaas::ports {

// The keys that the service itself owns in the token, made once at initialisation.
enum class ServiceKey {
  kIntegrity,  // row MACs, heads, page markers
  kSeal,       // secrets that the database holds: credentials, process custody
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
// without a restart. Outputs of the token are checked before they are returned: a wrong one fails
// with kKmsInternal, unless a function says otherwise.
class CryptoEngine {
 public:
  virtual ~CryptoEngine() = default;

  // Where this token can keep keys of a kind when `wished` is asked for: there, or in the process
  // where the token lacks what wrapped keys of the kind need. A wish for resident is never
  // weakened. kUnsupportedOperation when there is no place. Constant while the engine lives; no
  // call to the token.
  virtual Result<domain::Custody> CustodyFor(domain::KeySpec spec, domain::KeyUsage usage,
                                             domain::Custody wished) const = 0;

  // Makes a secret or a key pair for one spec and usage, with no right beyond that usage. The
  // material of a symmetric CMK is a 256-bit backing key that only makes MACs. Made in the token,
  // except for custody process. For custody resident the token object is named by the id.
  virtual Result<GeneratedMaterial> GenerateMaterial(const MaterialPlan& plan,
                                                     Deadline deadline) = 0;

  // HMAC-SHA-256 under the backing key, inside the token: the key of one message (32 bytes). The
  // material is loaded on first use and stays cached by material id.
  virtual Result<SecretBytes> DeriveMessageKey(const domain::KeyMaterial& material, ByteView input,
                                               Deadline deadline) = 0;

  // The same without the check, for whoever sees by himself that an answer is wrong, and then asks
  // with it: the commitment in a ciphertext tells.
  virtual Result<SecretBytes> TryMessageKey(const domain::KeyMaterial& material, ByteView input,
                                            Deadline deadline) {
    return DeriveMessageKey(material, input, deadline);
  }

  // The uses of customers' keys. Each fails with kInvalidKeyUsage when material and algorithm do
  // not go together, which callers have checked before, and with kUnsupportedOperation when the
  // place of the material cannot do it (Ed25519ph of a resident key).

  // `input` is the digest of the message, in the length of the algorithm's hash; the message itself
  // for both forms of Ed25519 (domain::SignsDigest). ECDSA signatures are DER (RFC 3279 section
  // 2.2.3), those of Ed25519 64 bytes, those of RSA as long as the modulus.
  virtual Result<Bytes> Sign(const domain::KeyMaterial& material,
                             domain::SigningAlgorithm algorithm, ByteView input,
                             Deadline deadline) = 0;

  // kInvalidCiphertext for whatever is wrong with a ciphertext, in the same time for each.
  virtual Result<SecretBytes> DecryptRsa(const domain::KeyMaterial& material,
                                         domain::EncryptionAlgorithm algorithm, ByteView ciphertext,
                                         Deadline deadline) = 0;

  // The tag in full length. Whoever verifies makes one and compares in constant time.
  virtual Result<Bytes> MakeMac(const domain::KeyMaterial& material, domain::MacAlgorithm algorithm,
                                ByteView message, Deadline deadline) = 0;

  // ECDH (NIST SP 800-56A section 5.7.1.2): the x-coordinate, as long as the field.
  // `peer_public_key` is a DER SubjectPublicKeyInfo; kValidation when it is none, of another curve
  // or not a point of it.
  virtual Result<SecretBytes> AgreeSecret(const domain::KeyMaterial& material,
                                          ByteView peer_public_key, Deadline deadline) = 0;

  // An RSA key pair that can open what is wrapped by `algorithm` and nothing else; its private half
  // is a token object that survives a restart, until DestroyImportKey. Answers the public half, a
  // DER SubjectPublicKeyInfo.
  virtual Result<Bytes> MakeImportKey(const domain::ImportKeyId& id, domain::WrappingKeySpec spec,
                                      domain::WrappingAlgorithm algorithm, Deadline deadline) = 0;

  // Takes wrapped material in and keeps it as GenerateMaterial would have: the secret itself, or a
  // private key as DER PKCS#8 (RFC 5208). kInvalidCiphertext when it does not open,
  // kIncorrectKeyMaterial when what is inside is no material of the plan's spec,
  // kInvalidImportToken when there is no such import key. Repeatable.
  virtual Result<ImportedMaterial> ImportMaterial(const ImportPlan& plan, ByteView wrapped,
                                                  Deadline deadline) = 0;

  // Success when it is gone already.
  virtual Result<void> DestroyImportKey(const domain::ImportKeyId& id, Deadline deadline) = 0;

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
