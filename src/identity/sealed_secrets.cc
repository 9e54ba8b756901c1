#include "identity/sealed_secrets.h"

#include <array>
#include <string>

#include "crypto/aead.h"

namespace kmaas::identity {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

struct SealedSecrets::Place {
  std::string_view label;
  std::string context;  // of the key derivation
  Bytes identity;       // associated data
  std::string what;     // for the log
};

SealedSecrets::Place SealedSecrets::PlaceOf(const records::StoredAccessKey& row) {
  Place place{"access key secret v1", row.id, {}, "the secret of access key " + row.id};
  AppendField(place.identity, row.id);
  AppendField(place.identity, row.account);
  AppendField(place.identity, row.user_name);
  return place;
}

SealedSecrets::Place SealedSecrets::PlaceOf(const records::MfaDevice& row) {
  const std::string serial = row.arn();
  Place place{"mfa seed v1", serial, {}, "the seed of MFA device " + serial};
  AppendField(place.identity, serial);
  return place;
}

SealedSecrets::Place SealedSecrets::PlaceOf(const domain::CustomKeyStore& row) {
  Place place{"key store password v1", row.id, {}, "the password of custom key store " + row.id};
  AppendField(place.identity, row.id);
  AppendField(place.identity, row.account);
  AppendField(place.identity, row.region);
  return place;
}

Result<Bytes> SealedSecrets::SealAt(const Place& place, const SecretBytes& secret,
                                    Deadline deadline) {
  KM_TRY(const SecretBytes key, engine_.DeriveServiceKey(ports::ServiceKey::kSeal, place.label,
                                                         AsBytes(place.context), deadline));
  std::array<std::uint8_t, crypto::kGcmNonceBytes> nonce{};
  random_.Fill(nonce);
  Bytes sealed;
  AppendU8(sealed, kVersion);
  Append(sealed, nonce);
  crypto::GcmSeal({key.view(), nonce, place.identity}, secret.view(), sealed);
  return sealed;
}

Result<SecretBytes> SealedSecrets::OpenAt(const Place& place, ByteView sealed, Deadline deadline) {
  ByteReader reader(sealed);
  const std::uint8_t version = reader.U8();
  const ByteView nonce = reader.Take(crypto::kGcmNonceBytes);
  SecretBytes secret;
  if (reader.ok() && version == kVersion) {
    KM_TRY(const SecretBytes key, engine_.DeriveServiceKey(ports::ServiceKey::kSeal, place.label,
                                                           AsBytes(place.context), deadline));
    if (crypto::GcmOpen({key.view(), nonce, place.identity}, reader.rest(), secret)) return secret;
  }
  return Error{ErrorCode::kKmsInternal, "",
               place.what + " was not sealed for this row by this token"};
}

Result<Bytes> SealedSecrets::Seal(const records::StoredAccessKey& row, const SecretBytes& secret,
                                  Deadline deadline) {
  return SealAt(PlaceOf(row), secret, deadline);
}
Result<SecretBytes> SealedSecrets::Open(const records::StoredAccessKey& row, Deadline deadline) {
  return OpenAt(PlaceOf(row), row.sealed_secret, deadline);
}
Result<Bytes> SealedSecrets::Seal(const records::MfaDevice& row, const SecretBytes& seed,
                                  Deadline deadline) {
  return SealAt(PlaceOf(row), seed, deadline);
}
Result<SecretBytes> SealedSecrets::Open(const records::MfaDevice& row, Deadline deadline) {
  return OpenAt(PlaceOf(row), row.sealed_seed, deadline);
}
Result<Bytes> SealedSecrets::Seal(const domain::CustomKeyStore& row, const SecretBytes& password,
                                  Deadline deadline) {
  return SealAt(PlaceOf(row), password, deadline);
}
Result<SecretBytes> SealedSecrets::Open(const domain::CustomKeyStore& row, Deadline deadline) {
  return OpenAt(PlaceOf(row), row.sealed_password, deadline);
}

}  // namespace kmaas::identity
