// What the token of a custom key store is let do.
#include "hsm/key_store_engine.h"

#include "hsm/errors.h"

namespace kmaas::hsm {
namespace {

using domain::ConnectionErrorCode;

// Each waits on a thread of the front ends, also for a recovery.
constexpr std::size_t kCallersMax = 8;

Error NotHere() {
  return {ErrorCode::kUnsupportedOperation,
          "Custom key stores have symmetric encryption keys alone.",
          "asked of the token of a key store"};
}

bool IsResidentSymmetric(domain::KeySpec spec, domain::Custody custody) {
  return custody == domain::Custody::kResident && domain::IsSymmetricEncryption(spec);
}

bool Says(const Error& error, CK_RV code) {
  return error.detail.find(ReturnCodeName(code)) != std::string::npos;
}

// The detail of a call to the module that failed begins with its name (Describe).
bool IsOfLogin(const Error& error) { return error.detail.starts_with("C_Login:"); }

ConnectionErrorCode FailureOf(const Error& error) {
  if (Says(error, CKR_PIN_LOCKED)) return ConnectionErrorCode::kUserLockedOut;
  if (Says(error, CKR_USER_PIN_NOT_INITIALIZED)) return ConnectionErrorCode::kUserNotFound;
  if (Says(error, CKR_USER_ALREADY_LOGGED_IN)) return ConnectionErrorCode::kUserLoggedIn;
  switch (error.code) {
    case ErrorCode::kAccessDenied:
      return ConnectionErrorCode::kInvalidCredentials;
    case ErrorCode::kNotFound:
      return ConnectionErrorCode::kClusterNotFound;
    default:
      return ConnectionErrorCode::kInternalError;
  }
}

}  // namespace

KeyStoreOpening KeyStoreEngine::Open(EngineOptions options, const Clock& clock) {
  options.key_store = true;
  auto engine = Engine::Open(std::move(options), clock);
  if (!engine)
    return {.failure = FailureOf(engine.error()),
            .login_failed = IsOfLogin(engine.error()),
            .detail = engine.error().message + " [" + engine.error().detail + "]"};
  KeyStoreOpening opening;
  opening.token_serial = (*engine)->Status().token_serial;
  opening.engine.reset(new KeyStoreEngine(*std::move(engine)));
  return opening;
}

template <class Body>
auto KeyStoreEngine::Admitted(const Body& body) -> decltype(body()) {
  struct Place {
    std::atomic<std::size_t>& callers;
    std::size_t before = callers.fetch_add(1);
    ~Place() { --callers; }
  } const place{callers_};
  if (place.before >= kCallersMax)
    return Error{ErrorCode::kThrottling, "", "too many calls to the token of a key store"};
  return body();
}

Result<domain::Custody> KeyStoreEngine::CustodyFor(domain::KeySpec spec, domain::KeyUsage usage,
                                                   domain::Custody wished) const {
  if (!IsResidentSymmetric(spec, wished)) return NotHere();
  return engine_->CustodyFor(spec, usage, wished);
}

Result<ports::GeneratedMaterial> KeyStoreEngine::GenerateMaterial(const ports::MaterialPlan& plan,
                                                                  Deadline deadline) {
  if (!IsResidentSymmetric(plan.spec, plan.custody)) return NotHere();
  return Admitted([&] { return engine_->GenerateMaterial(plan, deadline); });
}

Result<SecretBytes> KeyStoreEngine::DeriveMessageKey(const domain::KeyMaterial& material,
                                                     ByteView input, Deadline deadline) {
  if (!IsResidentSymmetric(material.spec, material.custody)) return NotHere();
  return Admitted([&] { return engine_->DeriveMessageKey(material, input, deadline); });
}

Result<SecretBytes> KeyStoreEngine::TryMessageKey(const domain::KeyMaterial& material,
                                                  ByteView input, Deadline deadline) {
  if (!IsResidentSymmetric(material.spec, material.custody)) return NotHere();
  return Admitted([&] { return engine_->TryMessageKey(material, input, deadline); });
}

Result<void> KeyStoreEngine::DestroyMaterial(const domain::KeyMaterial& material,
                                             Deadline deadline) {
  if (!IsResidentSymmetric(material.spec, material.custody)) return NotHere();
  return Admitted([&] { return engine_->DestroyMaterial(material, deadline); });
}

Result<void> KeyStoreEngine::GenerateRandom(MutableByteView out, Deadline deadline) {
  return Admitted([&] { return engine_->GenerateRandom(out, deadline); });
}

Result<Bytes> KeyStoreEngine::Sign(const domain::KeyMaterial& /*material*/,
                                   domain::SigningAlgorithm /*algorithm*/, ByteView /*input*/,
                                   Deadline /*deadline*/) {
  return NotHere();
}

Result<SecretBytes> KeyStoreEngine::DecryptRsa(const domain::KeyMaterial& /*material*/,
                                               domain::EncryptionAlgorithm /*algorithm*/,
                                               ByteView /*ciphertext*/, Deadline /*deadline*/) {
  return NotHere();
}

Result<Bytes> KeyStoreEngine::MakeMac(const domain::KeyMaterial& /*material*/,
                                      domain::MacAlgorithm /*algorithm*/, ByteView /*message*/,
                                      Deadline /*deadline*/) {
  return NotHere();
}

Result<SecretBytes> KeyStoreEngine::AgreeSecret(const domain::KeyMaterial& /*material*/,
                                                ByteView /*peer_public_key*/,
                                                Deadline /*deadline*/) {
  return NotHere();
}

Result<Bytes> KeyStoreEngine::MakeImportKey(const domain::ImportKeyId& /*id*/,
                                            domain::WrappingKeySpec /*spec*/,
                                            domain::WrappingAlgorithm /*algorithm*/,
                                            Deadline /*deadline*/) {
  return NotHere();
}

Result<ports::ImportedMaterial> KeyStoreEngine::ImportMaterial(const ports::ImportPlan& /*plan*/,
                                                               ByteView /*wrapped*/,
                                                               Deadline /*deadline*/) {
  return NotHere();
}

Result<void> KeyStoreEngine::DestroyImportKey(const domain::ImportKeyId& /*id*/,
                                              Deadline /*deadline*/) {
  return NotHere();
}

Result<SecretBytes> KeyStoreEngine::DeriveServiceKey(ports::ServiceKey /*key*/,
                                                     std::string_view /*label*/,
                                                     ByteView /*context*/, Deadline /*deadline*/) {
  return NotHere();
}

Result<Bytes> KeyStoreEngine::SignAuditDigest(const std::array<std::uint8_t, 32>& /*digest*/,
                                              Deadline /*deadline*/) {
  return NotHere();
}

Result<Bytes> KeyStoreEngine::AuditPublicKey() { return NotHere(); }

}  // namespace kmaas::hsm
