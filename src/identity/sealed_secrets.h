// Secrets of access keys, MFA devices and custom key stores at rest: AES-256-GCM under a key that
// the HSM derives for each of them.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "domain/custom_key_store.h"
#include "ports/crypto_engine.h"
#include "ports/random_source.h"
#include "records/identity_records.h"

namespace kmaas::identity {

// Thread-safe; borrows both ports. The form is version (1) ‖ nonce (12) ‖ ciphertext and tag. The
// associated data is the identity of the row: access key id, account and user name, the serial
// number of the device, or id, account and Region of the key store; the label of the key keeps the
// kinds apart. So a sealed secret that was
// moved to another row does not open, and a copy of the database opens nowhere but at this token.
class SealedSecrets {
 public:
  SealedSecrets(ports::CryptoEngine& engine, ports::RandomSource& random)
      : engine_(engine), random_(random) {}

  // What to store as `row.sealed_secret`; its present value is not read.
  Result<Bytes> Seal(const records::StoredAccessKey& row, const SecretBytes& secret,
                     Deadline deadline);
  // kKmsInternal when the sealed secret is not one of this row and this token.
  Result<SecretBytes> Open(const records::StoredAccessKey& row, Deadline deadline);

  // The same for `row.sealed_seed`.
  Result<Bytes> Seal(const records::MfaDevice& row, const SecretBytes& seed, Deadline deadline);
  Result<SecretBytes> Open(const records::MfaDevice& row, Deadline deadline);

  // The same for `row.sealed_password`.
  Result<Bytes> Seal(const domain::CustomKeyStore& row, const SecretBytes& password,
                     Deadline deadline);
  Result<SecretBytes> Open(const domain::CustomKeyStore& row, Deadline deadline);

 private:
  struct Place;  // where a secret belongs

  static Place PlaceOf(const records::StoredAccessKey& row);
  static Place PlaceOf(const records::MfaDevice& row);
  static Place PlaceOf(const domain::CustomKeyStore& row);
  Result<Bytes> SealAt(const Place& place, const SecretBytes& secret, Deadline deadline);
  Result<SecretBytes> OpenAt(const Place& place, ByteView sealed, Deadline deadline);

  ports::CryptoEngine& engine_;
  ports::RandomSource& random_;
};

}  // namespace kmaas::identity
