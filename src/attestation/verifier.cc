#include "attestation/verifier.h"

#include "attestation/document.h"
#include "attestation/signed_message.h"
#include "crypto/enveloped_data.h"

namespace kmaas::attestation {
namespace {

// AWS: a document may be used for about five minutes. Clocks differ by as much, as in signatures.
constexpr std::chrono::minutes kAgeMax{5};
constexpr std::chrono::minutes kAheadMax{5};

Error Refused(std::string why) {
  return {ErrorCode::kValidation, "The attestation document " + std::move(why)};
}

}  // namespace

Result<std::shared_ptr<const ports::Attestation>> Verifier::Verify(ByteView document) {
  const auto message = SignedMessage::Parse(document);
  if (!message) return Refused("is not a COSE_Sign1 message that is signed with ES384.");
  auto said = Document::Parse(message->payload);
  if (!said) return Refused("is malformed.");
  const WallTime now = clock_.Now();
  const auto key = roots_.KeyOf(said->certificate, said->cabundle, now);
  if (!key) return Refused("is not signed by a trusted authority.");
  if (!message->IsSignedBy(*key)) return Refused("has an invalid signature.");
  if (now - said->timestamp > kAgeMax) return Refused("has expired.");
  if (said->timestamp - now > kAheadMax) return Refused("is of a time to come.");
  if (said->public_key.empty()) return Refused("has no public key.");
  if (!crypto::IsRecipientKey(said->public_key))
    return Refused("has a public key that is not an RSA key of 2048, 3072 or 4096 bits.");
  return std::shared_ptr<const ports::Attestation>(std::make_shared<ports::Attestation>(
      ports::Attestation{ToBytes(said->public_key), std::move(said->pcrs), said->nitro_tpm,
                         std::move(said->module_id)}));
}

}  // namespace kmaas::attestation
