// The token in memory.
#include "tests/fakes/fake_crypto_engine.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <utility>

#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/hash.h"
#include "crypto/key_wrap.h"

namespace kmaas::fakes {
namespace {

void Require(bool ok) {
  if (!ok) std::abort();
}

Error NoUse(const domain::KeyMaterial& material) {
  return {ErrorCode::kInvalidKeyUsage, "", "no use of a " + std::string(ToText(material.spec))};
}

domain::KeySpec RsaSpecOf(domain::WrappingKeySpec spec) {
  switch (spec) {
    case domain::WrappingKeySpec::kRsa2048:
      return domain::KeySpec::kRsa2048;
    case domain::WrappingKeySpec::kRsa3072:
      return domain::KeySpec::kRsa3072;
    case domain::WrappingKeySpec::kRsa4096:
      return domain::KeySpec::kRsa4096;
  }
  return domain::KeySpec::kRsa2048;
}

domain::EncryptionAlgorithm OaepOf(domain::WrappingAlgorithm algorithm) {
  return OaepDigestOf(algorithm) == domain::Digest::kSha1
             ? domain::EncryptionAlgorithm::kRsaesOaepSha1
             : domain::EncryptionAlgorithm::kRsaesOaepSha256;
}

Error NotOpened() { return {ErrorCode::kInvalidCiphertext, ""}; }

// A function of key and material.
domain::MaterialId IdOf(const ports::MaterialPlan& plan, ByteView secret, ByteView public_key) {
  constexpr std::string_view kLabel = "fake material id";
  Bytes input;
  AppendField(input, kLabel);
  AppendField(input, plan.key_id.ToText());
  AppendField(input, public_key.empty() ? ByteView(crypto::HmacSha256(secret, AsBytes(kLabel)))
                                        : public_key);
  return {crypto::Sha256(input)};
}

}  // namespace

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

Result<domain::Custody> FakeCryptoEngine::CustodyFor(domain::KeySpec spec, domain::KeyUsage usage,
                                                     domain::Custody wished) const {
  if (!Admits(spec, usage))
    return Error{ErrorCode::kUnsupportedOperation, "", "no keys of this spec and usage"};
  const bool is_edwards = FactsOf(spec).family == domain::KeyFamily::kEdwards;
  if (is_edwards && wished == domain::Custody::kWrapped) return domain::Custody::kProcess;
  return wished;
}

Result<ports::GeneratedMaterial> FakeCryptoEngine::GenerateMaterial(const ports::MaterialPlan& plan,
                                                                    Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  KM_CHECK(CustodyFor(plan.spec, plan.usage, plan.custody));
  SecretBytes secret(domain::SecretLength(plan.spec));
  Bytes public_key;
  if (domain::IsAsymmetric(plan.spec)) {
    const crypto::PrivateKey key = NewPrivateKey(plan.spec);
    secret = key.Pkcs8();
    public_key = key.PublicKeyInfo();
  } else {
    crypto::ProcessRandom(secret.span());
  }
  std::optional<ports::GeneratedMaterial> made = token_->Keep(plan, secret.view());
  if (!made)
    return Error{ErrorCode::kKmsInternal, "The key could not be made.", "material id exists"};
  made->public_key = std::move(public_key);
  return *std::move(made);
}

Result<SecretBytes> FakeCryptoEngine::SecretOf(const domain::KeyMaterial& material) {
  std::optional<SecretBytes> secret = token_->Find(material);
  if (secret) return *std::move(secret);
  if (material.custody == domain::Custody::kResident)
    return Error{ErrorCode::kKeyUnavailable, "The key is not available.", "no resident key"};
  return Error{ErrorCode::kKmsInternal, "The key could not be loaded.", "blob refused"};
}

Result<crypto::PrivateKey> FakeCryptoEngine::PrivateKeyOf(const domain::KeyMaterial& material) {
  KM_TRY(const SecretBytes pkcs8, SecretOf(material));
  auto key = crypto::PrivateKey::ParseOwn(material.spec, pkcs8.view());
  if (!key) return Error{ErrorCode::kKmsInternal, "The key could not be loaded.", "key refused"};
  return *std::move(key);
}

Result<SecretBytes> FakeCryptoEngine::DeriveMessageKey(const domain::KeyMaterial& material,
                                                       ByteView input, Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  if (!domain::IsSymmetricEncryption(material.spec)) return NoUse(material);
  KM_TRY(const SecretBytes backing_key, SecretOf(material));
  crypto::Sha256Digest key = crypto::HmacSha256(backing_key.view(), input);
  SecretBytes secret(key);
  WipeMemory(key);
  return secret;
}

Result<Bytes> FakeCryptoEngine::Sign(const domain::KeyMaterial& material,
                                     domain::SigningAlgorithm algorithm, ByteView input,
                                     Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  if (!Has(material.spec, material.usage, algorithm)) return NoUse(material);
  const bool in_token = material.custody != domain::Custody::kProcess;
  if (in_token && FactsOf(algorithm).scheme == domain::SignatureScheme::kEd25519Prehash)
    return Error{ErrorCode::kUnsupportedOperation, "", "the token has no Ed25519ph"};
  KM_TRY(const crypto::PrivateKey key, PrivateKeyOf(material));
  auto signature = key.Sign(algorithm, input);
  if (!signature) return Error{ErrorCode::kInvalidKeyUsage, "", "input of another length"};
  return *std::move(signature);
}

Result<SecretBytes> FakeCryptoEngine::DecryptRsa(const domain::KeyMaterial& material,
                                                 domain::EncryptionAlgorithm algorithm,
                                                 ByteView ciphertext, Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  const bool fits = Has(material.spec, material.usage, algorithm);
  if (!fits || !domain::IsAsymmetric(material.spec)) return NoUse(material);
  KM_TRY(const crypto::PrivateKey key, PrivateKeyOf(material));
  auto plaintext = key.DecryptRsa(algorithm, ciphertext);
  if (!plaintext) return NotOpened();
  return *std::move(plaintext);
}

Result<Bytes> FakeCryptoEngine::MakeMac(const domain::KeyMaterial& material,
                                        domain::MacAlgorithm algorithm, ByteView message,
                                        Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  if (!Has(material.spec, material.usage, algorithm)) return NoUse(material);
  KM_TRY(const SecretBytes key, SecretOf(material));
  return crypto::Hmac(DigestOf(algorithm), key.view(), message);
}

Result<SecretBytes> FakeCryptoEngine::AgreeSecret(const domain::KeyMaterial& material,
                                                  ByteView peer_public_key, Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  if (!Has(material.spec, material.usage, domain::KeyAgreementAlgorithm::kEcdh))
    return NoUse(material);
  KM_TRY(const crypto::PrivateKey key, PrivateKeyOf(material));
  const auto peer = crypto::PublicKey::Parse(material.spec, peer_public_key);
  if (!peer) return Error{ErrorCode::kValidation, ""};
  auto secret = key.AgreeSecret(*peer);
  if (!secret) return Error{ErrorCode::kValidation, ""};
  return *std::move(secret);
}

Result<Bytes> FakeCryptoEngine::MakeImportKey(const domain::ImportKeyId& id,
                                              domain::WrappingKeySpec spec,
                                              domain::WrappingAlgorithm algorithm,
                                              Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kDependencyTimeout));
  const crypto::PrivateKey key = NewPrivateKey(RsaSpecOf(spec));
  const std::lock_guard lock(token_->mutex_);
  if (!token_->import_pairs_.try_emplace(id, FakeToken::ImportPair{key, algorithm}).second)
    return Error{ErrorCode::kKmsInternal, "", "import key id exists"};
  return key.PublicKeyInfo();
}

Result<SecretBytes> FakeCryptoEngine::Unwrapped(const ports::ImportPlan& plan, ByteView wrapped) {
  const std::lock_guard lock(token_->mutex_);
  const auto found = token_->import_pairs_.find(plan.import_key);
  if (found == token_->import_pairs_.end() || found->second.algorithm != plan.algorithm)
    return Error{ErrorCode::kInvalidImportToken, ""};
  const crypto::PrivateKey& pair = found->second.key;
  const std::size_t modulus = domain::ModulusBytes(pair.spec());
  if (wrapped.size() < modulus) return NotOpened();
  auto first = pair.DecryptRsa(OaepOf(plan.algorithm), wrapped.first(modulus));
  if (!first) return NotOpened();
  if (!HasEphemeralKey(plan.algorithm)) {
    if (wrapped.size() != modulus) return NotOpened();
    return *std::move(first);
  }
  auto inside = crypto::KeyWrapPadOpen(first->view(), wrapped.subspan(modulus));
  if (!inside) return NotOpened();
  return *std::move(inside);
}

Result<ports::ImportedMaterial> FakeCryptoEngine::ImportMaterial(const ports::ImportPlan& plan,
                                                                 ByteView wrapped,
                                                                 Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kKeyUnavailable));
  KM_TRY(SecretBytes secret, Unwrapped(plan, wrapped));
  ports::MaterialPlan keeping = plan.material;
  Bytes public_key;
  if (domain::IsAsymmetric(keeping.spec)) {
    const auto key = crypto::PrivateKey::Parse(keeping.spec, secret.view());
    if (!key) return Error{ErrorCode::kIncorrectKeyMaterial, ""};
    public_key = key->PublicKeyInfo();
    secret = key->Pkcs8();
  } else {
    const domain::Range allowed = domain::ImportedSecretBytes(keeping.spec);
    if (secret.size() < allowed.min || secret.size() > allowed.max)
      return Error{ErrorCode::kIncorrectKeyMaterial, ""};
  }
  keeping.id = IdOf(keeping, secret.view(), public_key);
  std::optional<ports::GeneratedMaterial> made = token_->Keep(keeping, secret.view());
  ports::ImportedMaterial imported{keeping.id, {}, made.has_value()};
  if (made) imported.made = *std::move(made);
  imported.made.public_key = std::move(public_key);
  if (!imported.is_new && !domain::IsAsymmetric(keeping.spec))
    imported.made.length_bytes = static_cast<std::uint32_t>(secret.size());
  return imported;
}

Result<void> FakeCryptoEngine::DestroyImportKey(const domain::ImportKeyId& id, Deadline deadline) {
  KM_CHECK(Admit(deadline, ErrorCode::kDependencyTimeout));
  const std::lock_guard lock(token_->mutex_);
  token_->import_pairs_.erase(id);
  return {};
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
  status.root_generations = {FakeToken::kRootGeneration};
  return status;
}

Result<void> FakeCryptoEngine::CheckHealth(Deadline deadline) {
  return Admit(deadline, ErrorCode::kDependencyTimeout);
}

}  // namespace kmaas::fakes
