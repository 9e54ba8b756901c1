// The calls of the port.
#include "hsm/engine.h"

#include <algorithm>

#include "crypto/ecdsa.h"
#include "hsm/backing_keys.h"
#include "hsm/engine_core.h"
#include "hsm/known_answers.h"
#include "hsm/mechanisms.h"

namespace kmaas::hsm {
namespace {

constexpr Manner kShortForKey{LaneKind::kShort, ErrorCode::kKeyUnavailable};
constexpr Manner kLongForKey{LaneKind::kLong, ErrorCode::kKeyUnavailable};
constexpr Manner kShortForService{LaneKind::kShort, ErrorCode::kDependencyTimeout};
constexpr Manner kLongForService{LaneKind::kLong, ErrorCode::kDependencyTimeout};
// The token may have made the key before the link dropped: trying again could leave an orphan.
constexpr Manner kOnce{LaneKind::kLong, ErrorCode::kKeyUnavailable, false};

// Fewer zero bytes than this come by chance.
constexpr std::size_t kSuspiciousZeros = 16;

bool LooksDead(ByteView bytes) {
  return bytes.size() >= kSuspiciousZeros &&
         std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

Error NotHere(const std::string& what) {
  return {ErrorCode::kUnsupportedOperation, "This server's HSM does not serve " + what + "."};
}

Error Misused(const domain::KeyMaterial& material) {
  return {ErrorCode::kInvalidKeyUsage, "", "no use of a " + std::string(ToText(material.spec))};
}

template <class Algorithm>
Error NoUse(const domain::KeyMaterial& material, Algorithm algorithm) {
  if (!Has(material.spec, material.usage, algorithm)) return Misused(material);
  return NotHere(std::string(ToText(algorithm)));
}

}  // namespace

Engine::Engine(std::unique_ptr<EngineCore> core) : core_(std::move(core)) {}
Engine::~Engine() { Close(); }

Result<std::unique_ptr<Engine>> Engine::Open(EngineOptions options, const Clock& clock) {
  KM_TRY(auto core, EngineCore::Open(std::move(options), clock));
  return std::unique_ptr<Engine>(new Engine(std::move(core)));
}

void Engine::Close() { core_->Close(); }

Result<domain::Custody> Engine::CustodyFor(domain::KeySpec spec, domain::KeyUsage usage,
                                           domain::Custody wished) const {
  if (FindPlan(spec, usage) == nullptr || wished == domain::Custody::kProcess)
    return NotHere("keys of the spec " + std::string(ToText(spec)));
  return wished;
}

Result<ports::GeneratedMaterial> Engine::GenerateMaterial(const ports::MaterialPlan& plan,
                                                          Deadline deadline) {
  KM_CHECK(CustodyFor(plan.spec, plan.usage, plan.custody));
  if (plan.custody == domain::Custody::kWrapped)
    return core_->Run<ports::GeneratedMaterial>(kLongForKey, deadline, GenerateWrapped);
  return core_->Run<ports::GeneratedMaterial>(
      kOnce, deadline, [&](Call& call) { return GenerateResident(call, plan.id); });
}

Result<SecretBytes> Engine::DeriveMessageKey(const domain::KeyMaterial& material, ByteView input,
                                             Deadline deadline) {
  KM_TRY(auto key, core_->Run<std::optional<SecretBytes>>(kShortForKey, deadline, [&](Call& call) {
    return MacUnderLoaded(call, material, input);
  }));
  if (key) return *std::move(key);
  return core_->Run<SecretBytes>(
      kLongForKey, deadline, [&](Call& call) { return MacUnderResident(call, material, input); });
}

Result<Bytes> Engine::Sign(const domain::KeyMaterial& material, domain::SigningAlgorithm algorithm,
                           ByteView /*input*/, Deadline /*deadline*/) {
  return NoUse(material, algorithm);
}

Result<SecretBytes> Engine::DecryptRsa(const domain::KeyMaterial& material,
                                       domain::EncryptionAlgorithm algorithm,
                                       ByteView /*ciphertext*/, Deadline /*deadline*/) {
  if (!domain::IsAsymmetric(material.spec)) return Misused(material);
  return NoUse(material, algorithm);
}

Result<Bytes> Engine::MakeMac(const domain::KeyMaterial& material, domain::MacAlgorithm algorithm,
                              ByteView /*message*/, Deadline /*deadline*/) {
  return NoUse(material, algorithm);
}

Result<SecretBytes> Engine::AgreeSecret(const domain::KeyMaterial& material,
                                        ByteView /*peer_public_key*/, Deadline /*deadline*/) {
  return NoUse(material, domain::KeyAgreementAlgorithm::kEcdh);
}

Result<Bytes> Engine::MakeImportKey(const domain::ImportKeyId& /*id*/,
                                    domain::WrappingKeySpec /*spec*/,
                                    domain::WrappingAlgorithm algorithm, Deadline /*deadline*/) {
  return NotHere(std::string(ToText(algorithm)));
}

Result<ports::ImportedMaterial> Engine::ImportMaterial(const ports::ImportPlan& plan,
                                                       ByteView /*wrapped*/,
                                                       Deadline /*deadline*/) {
  return NotHere(std::string(ToText(plan.algorithm)));
}

// None was made, so none is left.
Result<void> Engine::DestroyImportKey(const domain::ImportKeyId& /*id*/, Deadline /*deadline*/) {
  return {};
}

Result<void> Engine::DestroyMaterial(const domain::KeyMaterial& material, Deadline deadline) {
  if (material.custody == domain::Custody::kResident)
    return core_->Run<void>(kLongForKey, deadline,
                            [&](Call& call) { return DestroyResident(call, material.id); });
  return core_->Run<void>(kShortForKey, deadline,
                          [&](Call& call) { return ForgetLoaded(call, material.id); });
}

Result<void> Engine::GenerateRandom(MutableByteView out, Deadline deadline) {
  return core_->Run<void>(kShortForService, deadline, [&](Call& call) -> Result<void> {
    if (out.empty()) return {};
    Rv rv = call.session().Random(out);
    if (rv.ok() && LooksDead(out)) rv.code = CKR_DEVICE_ERROR;
    if (!rv.ok()) return call.Fail(rv);
    return {};
  });
}

Result<SecretBytes> Engine::DeriveServiceKey(ports::ServiceKey key, std::string_view label,
                                             ByteView context, Deadline deadline) {
  Bytes input;
  AppendField(input, label);
  AppendField(input, context);
  return core_->Run<SecretBytes>(
      kShortForService, deadline, [&](Call& call) -> Result<SecretBytes> {
        const ServiceKeys& keys = call.generation().keys();
        const ObjectHandle handle =
            key == ports::ServiceKey::kIntegrity ? keys.integrity : keys.seal;
        SecretBytes derived(kMacBytes);
        const Rv rv = Mac(call.session(), handle, input, derived.span());
        if (!rv.ok()) return call.Fail(rv);
        return derived;
      });
}

Result<Bytes> Engine::SignAuditDigest(const std::array<std::uint8_t, 32>& digest,
                                      Deadline deadline) {
  return core_->Run<Bytes>(kLongForService, deadline, [&](Call& call) -> Result<Bytes> {
    Bytes signature(crypto::kP256SignatureBytes);
    std::size_t written = 0;
    const ServiceKeys& keys = call.generation().keys();
    Rv rv = call.session().Sign(CKM_ECDSA, keys.audit, digest, signature, written);
    // A seal that does not verify is worse than none: it would be found years later.
    if (rv.ok() && (written != signature.size() ||
                    !crypto::VerifyP256(keys.audit_public_key, digest, signature)))
      rv.code = CKR_DEVICE_ERROR;
    if (!rv.ok()) return call.Fail(rv);
    return signature;
  });
}

Result<Bytes> Engine::AuditPublicKey() { return core_->audit_public_key(); }

ports::EngineStatus Engine::Status() const { return core_->Status(); }

Result<void> Engine::CheckHealth(Deadline deadline) {
  KM_CHECK(core_->Run<void>(kShortForService, deadline, [](Call& call) -> Result<void> {
    const Rv rv = call.generation().CheckAlive(call.session());
    if (!rv.ok()) return call.FailAs(rv, Verdict::kLost);
    return {};
  }));
  core_->NoteAlive();
  return {};
}

}  // namespace kmaas::hsm
