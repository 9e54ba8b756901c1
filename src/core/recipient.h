// Secrets for attested recipients: the document that a request shows, and the answer that nobody
// else can read.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "core/call.h"
#include "core/operation.h"

namespace kmaas::core {

// What the Recipient of the request proves; null when it names none. kValidation when a member is
// missing or the document does not verify, kUnsupportedOperation when no authority is trusted.
Result<std::shared_ptr<const ports::Attestation>> VerifyRecipient(
    const Operation& operation, const google::protobuf::Message& request, const Services& services);

// Whether a secret field (kmaas.FieldRules) of the reply has a value.
bool HoldsSecret(const google::protobuf::Message& reply);

// Puts a secret into the reply: into its field for the caller, or, when the call has a recipient,
// encrypted for him into ciphertext_for_recipient. `field` is the mutable accessor:
// DeliverSecret(call, key.view(), reply, &kms::DecryptResponse::mutable_plaintext).
Result<Bytes> EncryptFor(const ports::Attestation& recipient, ByteView secret);
template <class Reply>
Result<void> DeliverSecret(const Call& call, ByteView secret, Reply& reply,
                           std::string* (Reply::*field)()) {
  if (call.recipient() == nullptr) {
    (reply.*field)()->assign(AsText(secret));
    return {};
  }
  KM_TRY(const Bytes sealed, EncryptFor(*call.recipient(), secret));
  reply.set_ciphertext_for_recipient(sealed.data(), sealed.size());
  return {};
}

}  // namespace kmaas::core
