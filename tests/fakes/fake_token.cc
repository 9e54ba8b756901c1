#include "tests/fakes/fake_token.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "crypto/aead.h"
#include "crypto/digest.h"

namespace kmaas::fakes {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSaltBytes = 16;
constexpr std::array<std::uint8_t, crypto::kGcmNonceBytes> kZeroNonce{};

SecretBytes RandomKey() {
  SecretBytes key(kKeyBytes);
  crypto::ProcessRandom(key.span());
  return key;
}

// A root guards a class of material, so what it wraps is bound to its rights.
Bytes ClassOf(domain::KeySpec spec, domain::KeyUsage usage) {
  Bytes identity;
  AppendField(identity, domain::IsAsymmetric(spec) ? "private" : ToText(spec));
  AppendField(identity, ToText(usage));
  return identity;
}

// What the engine seals itself is bound to the whole material.
Bytes IdentityOf(const ports::MaterialPlan& plan) {
  Bytes identity = ClassOf(plan.spec, plan.usage);
  AppendField(identity, ToText(plan.spec));
  AppendField(identity, plan.id.bits);
  AppendField(identity, plan.key_id.ToText());
  AppendField(identity, plan.account);
  return identity;
}

ports::MaterialPlan PlanOf(const domain::KeyMaterial& material) {
  return {material.spec, material.usage,  material.custody,
          material.id,   material.key_id, material.account};
}

}  // namespace

Bytes Sealed(ByteView key, ByteView identity, ByteView secret) {
  // Each blob has a sealing key of its own, so the nonce may be constant.
  Bytes blob(kSaltBytes);
  crypto::ProcessRandom(blob);
  const crypto::Sha256Digest sealing_key = crypto::HmacSha256(key, blob);
  crypto::GcmSeal({sealing_key, kZeroNonce, identity}, secret, blob);
  return blob;
}

std::optional<SecretBytes> Opened(ByteView key, ByteView identity, ByteView blob) {
  if (blob.size() < kSaltBytes) return std::nullopt;
  const crypto::Sha256Digest sealing_key = crypto::HmacSha256(key, blob.first(kSaltBytes));
  SecretBytes secret;
  if (!crypto::GcmOpen({sealing_key, kZeroNonce, identity}, blob.subspan(kSaltBytes), secret))
    return std::nullopt;
  return secret;
}

crypto::PrivateKey NewPrivateKey(domain::KeySpec spec) {
  if (FactsOf(spec).family != domain::KeyFamily::kRsa) return crypto::PrivateKey::Generate(spec);
  constexpr std::size_t kKept = 3;
  static std::mutex mutex;
  static std::map<domain::KeySpec, std::pair<std::vector<crypto::PrivateKey>, std::size_t>> pools;
  const std::lock_guard lock(mutex);
  auto& [kept, handed_out] = pools[spec];
  if (kept.size() < kKept) kept.push_back(crypto::PrivateKey::Generate(spec));
  return kept[handed_out++ % kKept];
}

FakeToken::FakeToken()
    : root_(RandomKey()),
      integrity_(RandomKey()),
      seal_(RandomKey()),
      audit_key_(EVP_EC_gen("P-256")) {
  if (audit_key_ == nullptr) std::abort();
}

FakeToken::~FakeToken() { EVP_PKEY_free(audit_key_); }

std::optional<ports::GeneratedMaterial> FakeToken::Keep(const ports::MaterialPlan& plan,
                                                        ByteView secret) {
  ports::GeneratedMaterial made;
  if (!domain::IsAsymmetric(plan.spec))
    made.length_bytes = static_cast<std::uint32_t>(secret.size());
  switch (plan.custody) {
    case domain::Custody::kWrapped:
      made.dialect = domain::WrapDialect::kPkcs11WrapPad;
      made.root_generation = kRootGeneration;
      made.blob = Sealed(root_.view(), ClassOf(plan.spec, plan.usage), secret);
      return made;
    case domain::Custody::kProcess:
      made.dialect = domain::WrapDialect::kProcessSeal;
      made.blob = Sealed(seal_.view(), IdentityOf(plan), secret);
      return made;
    case domain::Custody::kResident:
      break;
  }
  const std::lock_guard lock(mutex_);
  if (!resident_.try_emplace(plan.id, SecretBytes(secret)).second) return std::nullopt;
  return made;
}

std::optional<SecretBytes> FakeToken::Find(const domain::KeyMaterial& material) {
  if (material.custody == domain::Custody::kResident) {
    const std::lock_guard lock(mutex_);
    const auto found = resident_.find(material.id);
    if (found == resident_.end()) return std::nullopt;
    return found->second.Clone();
  }
  std::optional<SecretBytes> secret;
  if (material.dialect == domain::WrapDialect::kPkcs11WrapPad &&
      material.root_generation == kRootGeneration) {
    secret = Opened(root_.view(), ClassOf(material.spec, material.usage), material.blob);
  } else if (material.dialect == domain::WrapDialect::kProcessSeal) {
    secret = Opened(seal_.view(), IdentityOf(PlanOf(material)), material.blob);
  }
  const bool has_length = secret && !domain::IsAsymmetric(material.spec);
  if (has_length && secret->size() != material.length_bytes) return std::nullopt;
  return secret;
}

}  // namespace kmaas::fakes
