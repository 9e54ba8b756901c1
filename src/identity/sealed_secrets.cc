#include "identity/sealed_secrets.h"

#include <array>

#include "crypto/aead.h"

namespace kmaas::identity {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kLabel = "access key secret v1";

Bytes RowIdentity(const records::StoredAccessKey& row) {
  Bytes identity;
  AppendField(identity, row.id);
  AppendField(identity, row.account);
  AppendField(identity, row.user_name);
  return identity;
}

}  // namespace

Result<SecretBytes> SealedSecrets::KeyOf(const records::StoredAccessKey& row, Deadline deadline) {
  return engine_.DeriveServiceKey(ports::ServiceKey::kSeal, kLabel, AsBytes(row.id), deadline);
}

Result<Bytes> SealedSecrets::Seal(const records::StoredAccessKey& row, const SecretBytes& secret,
                                  Deadline deadline) {
  KM_TRY(const SecretBytes key, KeyOf(row, deadline));
  std::array<std::uint8_t, crypto::kGcmNonceBytes> nonce{};
  random_.Fill(nonce);
  Bytes sealed;
  AppendU8(sealed, kVersion);
  Append(sealed, nonce);
  crypto::GcmSeal({key.view(), nonce, RowIdentity(row)}, secret.view(), sealed);
  return sealed;
}

Result<SecretBytes> SealedSecrets::Open(const records::StoredAccessKey& row, Deadline deadline) {
  ByteReader reader(row.sealed_secret);
  const std::uint8_t version = reader.U8();
  const ByteView nonce = reader.Take(crypto::kGcmNonceBytes);
  SecretBytes secret;
  if (reader.ok() && version == kVersion) {
    KM_TRY(const SecretBytes key, KeyOf(row, deadline));
    if (crypto::GcmOpen({key.view(), nonce, RowIdentity(row)}, reader.rest(), secret)) {
      return secret;
    }
  }
  return Error{ErrorCode::kKmsInternal, "",
               "the secret of access key " + row.id + " was not sealed for this row by this token"};
}

}  // namespace kmaas::identity
