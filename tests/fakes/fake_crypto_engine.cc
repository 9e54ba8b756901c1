// The token in memory.
#include "tests/fakes/fake_crypto_engine.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <utility>

#include "crypto/aead.h"

namespace kmaas::fakes {
namespace {

constexpr std::uint32_t kRootGeneration = 1;
constexpr std::uint32_t kKeyBytes = 32;
constexpr std::array<std::uint8_t, crypto::kGcmNonceBytes> kZeroNonce{};

void Require(bool ok) {
  if (!ok) std::abort();
}

SecretBytes RandomKey() {
  SecretBytes key(kKeyBytes);
  crypto::ProcessRandom(key.span());
  return key;
}

// Salt and sealed key: each blob has a sealing key of its own, so the nonce may be constant.
Bytes Wrap(ByteView root, ByteView key) {
  Bytes blob(16);
  crypto::ProcessRandom(blob);
  const crypto::Sha256Digest sealing_key = crypto::HmacSha256(root, blob);
  crypto::GcmSeal({sealing_key, kZeroNonce, {}}, key, blob);
  return blob;
}

std::optional<SecretBytes> Unwrap(ByteView root, ByteView blob) {
  if (blob.size() < 16) return std::nullopt;
  const crypto::Sha256Digest sealing_key = crypto::HmacSha256(root, blob.first(16));
  SecretBytes key;
  if (!crypto::GcmOpen({sealing_key, kZeroNonce, {}}, blob.subspan(16), key)) return std::nullopt;
  return key;
}

}  // namespace

FakeToken::FakeToken()
    : root_(RandomKey()),
      integrity_(RandomKey()),
      seal_(RandomKey()),
      audit_key_(EVP_EC_gen("P-256")) {
  Require(audit_key_ != nullptr);
}

FakeToken::~FakeToken() { EVP_PKEY_free(audit_key_); }

FakeCryptoEngine::FakeCryptoEngine(const Clock* clock, std::shared_ptr<FakeToken> token)
    : clock_(clock), token_(std::move(token)) {}

void FakeCryptoEngine::FailCall(std::uint64_t n, Error error) {
  const std::lock_guard lock(fault_mutex_);
  fault_at_ = calls_.load() + n;
  fault_ = std::move(error);
}

Result<void> FakeCryptoEngine::Admit(Deadline deadline, ErrorCode when_away) {
  const std::uint64_t call = calls_.fetch_add(1) + 1;
  {
    const std::lock_guard lock(fault_mutex_);
    if (fault_ && fault_at_ == call) return *std::exchange(fault_, std::nullopt);
  }
  if (clock_ != nullptr && clock_->SteadyNow() >= deadline.at)
    return Error{ErrorCode::kThrottling, "The request was throttled.", "deadline passed"};
  if (away_) return Error{when_away, "The key store is not available.", "fake token is away"};
  return {};
}

Result<ports::GeneratedMaterial> FakeCryptoEngine::GenerateBackingKey(domain::Custody custody,
                                                                      const domain::MaterialId& id,
                                                                      Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  SecretBytes key = RandomKey();
  if (custody == domain::Custody::kWrapped) {
    return ports::GeneratedMaterial{domain::WrapDialect::kPkcs11WrapPad, kRootGeneration, kKeyBytes,
                                    Wrap(token_->root_.view(), key.view())};
  }
  const std::lock_guard lock(token_->mutex_);
  if (!token_->resident_.try_emplace(id, std::move(key)).second)
    return Error{ErrorCode::kKmsInternal, "The key could not be made.", "material id exists"};
  return ports::GeneratedMaterial{domain::WrapDialect::kNone, 0, kKeyBytes, {}};
}

Result<crypto::Sha256Digest> FakeCryptoEngine::MacUnderMaterial(const domain::KeyMaterial& material,
                                                                ByteView input) {
  const std::lock_guard lock(token_->mutex_);
  if (material.custody == domain::Custody::kResident) {
    const auto found = token_->resident_.find(material.id);
    if (found == token_->resident_.end())
      return Error{ErrorCode::kKeyUnavailable, "The key is not available.", "no resident key"};
    return crypto::HmacSha256(found->second.view(), input);
  }
  const bool known = material.dialect == domain::WrapDialect::kPkcs11WrapPad &&
                     material.root_generation == kRootGeneration &&
                     material.length_bytes == kKeyBytes;
  const auto key = known ? Unwrap(token_->root_.view(), material.blob) : std::nullopt;
  if (!key) return Error{ErrorCode::kKmsInternal, "The key could not be loaded.", "blob refused"};
  return crypto::HmacSha256(key->view(), input);
}

Result<SecretBytes> FakeCryptoEngine::DeriveMessageKey(const domain::KeyMaterial& material,
                                                       ByteView input, Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  KM_TRY(crypto::Sha256Digest key, MacUnderMaterial(material, input));
  SecretBytes secret(key);
  WipeMemory(key);
  return secret;
}

Result<void> FakeCryptoEngine::DestroyMaterial(const domain::KeyMaterial& material,
                                               Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  const std::lock_guard lock(token_->mutex_);
  if (material.custody == domain::Custody::kResident) token_->resident_.erase(material.id);
  return {};
}

Result<void> FakeCryptoEngine::GenerateRandom(MutableByteView out, Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kDependencyTimeout));
  crypto::ProcessRandom(out);
  return {};
}

Result<SecretBytes> FakeCryptoEngine::DeriveServiceKey(ports::ServiceKey key,
                                                       std::string_view label, ByteView context,
                                                       Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kDependencyTimeout));
  Bytes input;
  AppendField(input, label);
  AppendField(input, context);
  const SecretBytes& service_key =
      key == ports::ServiceKey::kIntegrity ? token_->integrity_ : token_->seal_;
  crypto::Sha256Digest derived = crypto::HmacSha256(service_key.view(), input);
  SecretBytes secret(derived);
  WipeMemory(derived);
  return secret;
}

Result<Bytes> FakeCryptoEngine::SignAuditDigest(const std::array<std::uint8_t, 32>& digest,
                                                Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kDependencyTimeout));
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(token_->audit_key_, nullptr);
  Require(context != nullptr && EVP_PKEY_sign_init(context) == 1);
  Bytes der(80);
  std::size_t size = der.size();
  Require(EVP_PKEY_sign(context, der.data(), &size, digest.data(), digest.size()) == 1);
  EVP_PKEY_CTX_free(context);
  const unsigned char* at = der.data();
  ECDSA_SIG* parsed = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size));
  Require(parsed != nullptr);
  Bytes signature(64);
  Require(BN_bn2binpad(ECDSA_SIG_get0_r(parsed), signature.data(), 32) == 32);
  Require(BN_bn2binpad(ECDSA_SIG_get0_s(parsed), signature.data() + 32, 32) == 32);
  ECDSA_SIG_free(parsed);
  return signature;
}

Result<Bytes> FakeCryptoEngine::AuditPublicKey() {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(token_->audit_key_, &der);
  Require(size > 0);
  Bytes spki(der, der + size);
  OPENSSL_free(der);
  return spki;
}

ports::EngineStatus FakeCryptoEngine::Status() const {
  ports::EngineStatus status;
  status.healthy = !away_;
  status.engine_generation = 1;
  status.module_path = "memory";
  status.module_description = "token in memory";
  status.token_label = "fake";
  status.token_serial = "0";
  status.token_model = "fake";
  status.mechanisms = {"CKM_AES_KEY_WRAP_PAD", "CKM_SHA256_HMAC", "CKM_ECDSA"};
  status.custody = {domain::Custody::kWrapped, domain::Custody::kResident};
  status.root_generations = {kRootGeneration};
  return status;
}

Result<void> FakeCryptoEngine::CheckHealth(Deadline deadline) {
  return Admit(deadline, ErrorCode::kDependencyTimeout);
}

}  // namespace kmaas::fakes
