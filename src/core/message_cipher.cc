#include "core/message_cipher.h"

#include <algorithm>

#include "crypto/aead.h"
#include "crypto/digest.h"

namespace kmaas::core {
namespace {

constexpr std::string_view kExpandLabel = "kmaas aes-256-gcm key and commitment v1";
constexpr std::size_t kCommitmentBytes = 32;
// Each message has a key of its own, so the nonce may be constant: no (key, nonce) pair ever
// repeats.
constexpr std::array<std::uint8_t, crypto::kGcmNonceBytes> kZeroNonce{};

// AES key, then commitment, from the HSM's output for this message.
Result<SecretBytes> DeriveKeys(ports::CryptoEngine& engine, const domain::KeyMaterial& material,
                               const domain::CiphertextHeader& header, Deadline deadline) {
  KM_TRY(const SecretBytes message_key,
         engine.DeriveMessageKey(material, domain::MessageKeyInput(header), deadline));
  return crypto::HkdfExpand(message_key.view(), AsBytes(kExpandLabel),
                            crypto::kAesKeyBytes + kCommitmentBytes);
}

ByteView AesKey(const SecretBytes& keys) { return keys.view().first(crypto::kAesKeyBytes); }
ByteView Commitment(const SecretBytes& keys) { return keys.view().last(kCommitmentBytes); }

Result<Bytes> AssociatedData(const domain::CiphertextHeader& header,
                             const domain::EncryptionContext& context) {
  Bytes data = domain::EncodeHeader(header);
  KM_TRY(const Bytes canonical, domain::CanonicalForm(context));
  Append(data, canonical);
  return data;
}

}  // namespace

Result<Bytes> SealMessage(ports::CryptoEngine& engine, ports::RandomSource& random,
                          const domain::KeyMaterial& material, ByteView plaintext,
                          const domain::EncryptionContext& context, Deadline deadline) {
  domain::CiphertextHeader header{
      .key_id = material.key_id, .material_id = material.id, .nonce = {}, .commitment = {}};
  random.Fill(header.nonce);
  KM_TRY(const SecretBytes keys, DeriveKeys(engine, material, header, deadline));
  std::copy_n(Commitment(keys).begin(), header.commitment.size(), header.commitment.begin());
  KM_TRY(const Bytes associated, AssociatedData(header, context));
  Bytes blob = domain::EncodeHeader(header);
  blob.reserve(blob.size() + plaintext.size() + crypto::kGcmTagBytes);
  crypto::GcmSeal({AesKey(keys), kZeroNonce, associated}, plaintext, blob);
  return blob;
}

Result<SecretBytes> OpenMessage(ports::CryptoEngine& engine, const domain::KeyMaterial& material,
                                const domain::CiphertextBlob& blob,
                                const domain::EncryptionContext& context, Deadline deadline) {
  KM_TRY(const Bytes associated, AssociatedData(blob.header, context));
  KM_TRY(const SecretBytes keys, DeriveKeys(engine, material, blob.header, deadline));
  SecretBytes plaintext;
  const bool committed = crypto::ConstantTimeEqual(blob.header.commitment, Commitment(keys));
  if (!committed ||
      !crypto::GcmOpen({AesKey(keys), kZeroNonce, associated}, blob.sealed, plaintext)) {
    return Error{ErrorCode::kInvalidCiphertext, ""};
  }
  return plaintext;
}

}  // namespace kmaas::core
