#include "core/message_cipher.h"

#include <algorithm>

#include "base/log.h"
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
SecretBytes Expand(const SecretBytes& message_key) {
  return crypto::HkdfExpand(message_key.view(), AsBytes(kExpandLabel),
                            crypto::kAesKeyBytes + kCommitmentBytes);
}

ByteView AesKey(const SecretBytes& keys) { return keys.view().first(crypto::kAesKeyBytes); }
ByteView Commitment(const SecretBytes& keys) { return keys.view().last(kCommitmentBytes); }

bool HasCommitment(const domain::CiphertextHeader& header, const SecretBytes& keys) {
  return crypto::ConstantTimeEqual(header.commitment, Commitment(keys));
}

// A wrong answer of the HSM looks like a wrong ciphertext: before anybody is told so, the HSM is
// asked again, with its answer checked.
Result<SecretBytes> KeysOf(ports::CryptoEngine& engine, const domain::KeyMaterial& material,
                           const domain::CiphertextHeader& header, Deadline deadline) {
  const auto input = domain::MessageKeyInput(header);
  KM_TRY(const SecretBytes tried, engine.TryMessageKey(material, input, deadline));
  SecretBytes keys = Expand(tried);
  if (HasCommitment(header, keys)) return keys;
  KM_TRY(const SecretBytes checked, engine.DeriveMessageKey(material, input, deadline));
  keys = Expand(checked);
  if (HasCommitment(header, keys)) log::Error("hsm_wrong_answer", {{"found_by", "commitment"}});
  return keys;
}

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
  KM_TRY(const SecretBytes message_key,
         engine.DeriveMessageKey(material, domain::MessageKeyInput(header), deadline));
  const SecretBytes keys = Expand(message_key);
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
  KM_TRY(const SecretBytes keys, KeysOf(engine, material, blob.header, deadline));
  SecretBytes plaintext;
  if (!HasCommitment(blob.header, keys) ||
      !crypto::GcmOpen({AesKey(keys), kZeroNonce, associated}, blob.sealed, plaintext)) {
    return Error{ErrorCode::kInvalidCiphertext, ""};
  }
  return plaintext;
}

}  // namespace kmaas::core
