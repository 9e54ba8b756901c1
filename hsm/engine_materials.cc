// The calls of the port about customers' keys: which place and which lane each goes to.
#include "crypto/public_key.h"
#include "crypto/public_key_info.h"
#include "hsm/engine.h"
#include "hsm/engine_core.h"
#include "hsm/import_keys.h"
#include "hsm/imports.h"
#include "hsm/key_marks.h"
#include "hsm/material_uses.h"
#include "hsm/materials.h"
#include "hsm/process_keys.h"
#include "hsm/process_uses.h"

namespace kmaas::hsm {
namespace {

constexpr Manner kShort{LaneKind::kShort, ErrorCode::kKeyUnavailable};
constexpr Manner kLong{LaneKind::kLong, ErrorCode::kKeyUnavailable};
// What waits for Generation::LockTokenObjects may do so as long as primes of RSA are sought under
// it.
constexpr Manner kSlow{LaneKind::kLong, ErrorCode::kKeyUnavailable, true, true};
// The token may have made a resident object before the link dropped: trying again could leave an
// orphan.
constexpr Manner kSlowOnce{LaneKind::kLong, ErrorCode::kKeyUnavailable, false, true};

// To find the primes of an RSA key takes seconds.
Manner MannerOf(const ports::MaterialPlan& plan, const KeyPlan& kind) {
  if (plan.custody == domain::Custody::kResident) return kSlowOnce;
  return kind.type == CKK_RSA ? kSlow : kLong;
}

bool IsInProcess(const domain::KeyMaterial& material) {
  return material.custody == domain::Custody::kProcess;
}

template <class Algorithm>
Result<void> CheckUsage(const domain::KeyMaterial& material, Algorithm algorithm) {
  if (Has(material.spec, material.usage, algorithm)) return {};
  return Error{ErrorCode::kInvalidKeyUsage, "", "the algorithm is not one of the material's"};
}

Result<void> CheckSigning(const domain::KeyMaterial& material, domain::SigningAlgorithm algorithm,
                          ByteView input, const Capabilities& capabilities) {
  KM_CHECK(CheckUsage(material, algorithm));
  const auto [scheme, digest] = FactsOf(algorithm);
  if (domain::SignsDigest(algorithm) && input.size() != domain::SizeOf(digest))
    return Error{ErrorCode::kInvalidKeyUsage, "", "input of another length"};
  const bool prehash = scheme == domain::SignatureScheme::kEd25519Prehash;
  if (prehash && !IsInProcess(material) && !capabilities.ed25519_prehash)
    return Error{
        ErrorCode::kUnsupportedOperation,
        "The HSM that holds the key does not sign with " + std::string(ToText(algorithm)) + ".",
        "Ed25519ph in a token"};
  return {};
}

}  // namespace

Result<domain::Custody> Engine::CustodyFor(domain::KeySpec spec, domain::KeyUsage usage,
                                           domain::Custody wished) const {
  return hsm::CustodyFor(core_->capabilities(), spec, usage, wished);
}

Result<ports::GeneratedMaterial> Engine::GenerateMaterial(const ports::MaterialPlan& plan,
                                                          Deadline deadline) {
  const KeyPlan* kind = FindPlan(plan.spec, plan.usage);
  if (kind == nullptr) return NotLoadable("no such kind of key");
  return core_->Run<ports::GeneratedMaterial>(
      MannerOf(plan, *kind), deadline, [&](Call& call) -> Result<ports::GeneratedMaterial> {
        if (plan.custody == domain::Custody::kWrapped)
          return GenerateWrapped(call, *kind, call.generation().wrapping_root());
        if (plan.custody == domain::Custody::kProcess) return GenerateInProcess(call, plan);
        return GenerateResident(call, *kind, plan.id);
      });
}

Result<ports::GeneratedMaterial> Engine::GenerateUnder(const ports::MaterialPlan& plan,
                                                       std::uint32_t root_generation,
                                                       Deadline deadline) {
  const KeyPlan* kind = FindPlan(plan.spec, plan.usage);
  if (kind == nullptr) return NotLoadable("no such kind of key");
  return core_->Run<ports::GeneratedMaterial>(MannerOf(plan, *kind), deadline, [&](Call& call) {
    return GenerateWrapped(call, *kind, root_generation);
  });
}

Result<SecretBytes> Engine::MacInToken(const domain::KeyMaterial& material, std::uint64_t mechanism,
                                       ByteView input, Check check, Deadline deadline) {
  KM_TRY(auto tag, core_->Run<std::optional<SecretBytes>>(kShort, deadline, [&](Call& call) {
    return MacUnderLoaded(call, material, mechanism, input, check);
  }));
  if (tag) return *std::move(tag);
  return core_->Run<SecretBytes>(kLong, deadline, [&](Call& call) {
    return MacUnderResident(call, material, mechanism, input, check);
  });
}

Result<std::shared_ptr<const SecretBytes>> Engine::Opened(const domain::KeyMaterial& material,
                                                          Deadline deadline) {
  return core_->Run<std::shared_ptr<const SecretBytes>>(
      kShort, deadline, [&](Call& call) { return OpenedInProcess(call, material); });
}

Result<SecretBytes> Engine::DeriveMessageKey(const domain::KeyMaterial& material, ByteView input,
                                             Deadline deadline) {
  return MessageKey(material, input, Check::kHere, deadline);
}

Result<SecretBytes> Engine::TryMessageKey(const domain::KeyMaterial& material, ByteView input,
                                          Deadline deadline) {
  return MessageKey(material, input, Check::kByCaller, deadline);
}

Result<SecretBytes> Engine::MessageKey(const domain::KeyMaterial& material, ByteView input,
                                       Check check, Deadline deadline) {
  if (!domain::IsSymmetricEncryption(material.spec))
    return Error{ErrorCode::kInvalidKeyUsage, "", "no backing key"};
  return MacInToken(material, BackingKeyPlan().uses[0], input, check, deadline);
}

Result<Bytes> Engine::Sign(const domain::KeyMaterial& material, domain::SigningAlgorithm algorithm,
                           ByteView input, Deadline deadline) {
  KM_CHECK(CheckSigning(material, algorithm, input, core_->capabilities()));
  if (IsInProcess(material)) {
    KM_TRY(const auto key, Opened(material, deadline));
    return SignInProcess(material.spec, *key, algorithm, input);
  }
  const bool unchecked =
      !core_->checks_ecdsa() && FactsOf(algorithm).scheme == domain::SignatureScheme::kEcdsa;
  return core_->Run<Bytes>(kLong, deadline, [&](Call& call) {
    return SignUnder(call, material, algorithm, input, unchecked ? Check::kByCaller : Check::kHere);
  });
}

Result<SecretBytes> Engine::DecryptRsa(const domain::KeyMaterial& material,
                                       domain::EncryptionAlgorithm algorithm, ByteView ciphertext,
                                       Deadline deadline) {
  KM_CHECK(CheckUsage(material, algorithm));
  if (domain::IsSymmetricEncryption(material.spec))
    return Error{ErrorCode::kInvalidKeyUsage, "", "no RSA key"};
  if (IsInProcess(material)) {
    KM_TRY(const auto key, Opened(material, deadline));
    return DecryptInProcess(material.spec, *key, algorithm, ciphertext);
  }
  return core_->Run<SecretBytes>(kLong, deadline, [&](Call& call) {
    return DecryptUnder(call, material, algorithm, ciphertext);
  });
}

Result<Bytes> Engine::MakeMac(const domain::KeyMaterial& material, domain::MacAlgorithm algorithm,
                              ByteView message, Deadline deadline) {
  KM_CHECK(CheckUsage(material, algorithm));
  if (IsInProcess(material)) {
    KM_TRY(const auto key, Opened(material, deadline));
    return MacInProcess(*key, algorithm, message);
  }
  const auto mechanism = MechanismsOf(domain::DigestOf(algorithm)).hmac;
  KM_TRY(const SecretBytes tag, MacInToken(material, mechanism, message, Check::kHere, deadline));
  return ToBytes(tag.view());
}

Result<SecretBytes> Engine::AgreeSecret(const domain::KeyMaterial& material,
                                        ByteView peer_public_key, Deadline deadline) {
  KM_CHECK(CheckUsage(material, domain::KeyAgreementAlgorithm::kEcdh));
  const auto peer = crypto::PublicKey::Parse(material.spec, peer_public_key);
  const auto point = crypto::PointOf(material.spec, peer_public_key);
  // Recorded from AWS: without a text.
  if (!peer || !point)
    return Error{ErrorCode::kValidation, "", "the peer's key is none of the same curve"};
  if (IsInProcess(material)) {
    KM_TRY(const auto key, Opened(material, deadline));
    return AgreeInProcess(*key, *peer);
  }
  return core_->Run<SecretBytes>(kLong, deadline,
                                 [&](Call& call) { return AgreeUnder(call, material, *point); });
}

Result<Bytes> Engine::MakeImportKey(const domain::ImportKeyId& id, domain::WrappingKeySpec spec,
                                    domain::WrappingAlgorithm algorithm, Deadline deadline) {
  return core_->Run<Bytes>(kSlowOnce, deadline,
                           [&](Call& call) { return MakeImportPair(call, id, spec, algorithm); });
}

Result<ports::ImportedMaterial> Engine::ImportMaterial(const ports::ImportPlan& plan,
                                                       ByteView wrapped, Deadline deadline) {
  const Manner& manner = plan.material.custody == domain::Custody::kResident ? kSlowOnce : kSlow;
  return core_->Run<ports::ImportedMaterial>(
      manner, deadline, [&](Call& call) { return Import(call, plan, wrapped); });
}

Result<void> Engine::DestroyImportKey(const domain::ImportKeyId& id, Deadline deadline) {
  return core_->Run<void>(kSlow, deadline, [&](Call& call) { return DestroyImportPair(call, id); });
}

Result<bool> Engine::HoldsResident(const domain::KeyMaterial& material, Deadline deadline) {
  return core_->Run<bool>(kSlow, deadline,
                          [&](Call& call) { return IsResidentThere(call, material); });
}

Result<void> Engine::DestroyMaterial(const domain::KeyMaterial& material, Deadline deadline) {
  if (material.custody == domain::Custody::kResident)
    return core_->Run<void>(kSlow, deadline,
                            [&](Call& call) { return DestroyResident(call, material); });
  return core_->Run<void>(kShort, deadline,
                          [&](Call& call) { return ForgetLoaded(call, material.id); });
}

}  // namespace kmaas::hsm
