#include "core/recipient.h"

#include "core/field_values.h"
#include "crypto/enveloped_data.h"
#include "kmaas/options.pb.h"

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

// Empty when it is absent, or no member of the message.
std::string MemberOf(const pb::Message& message, const char* name) {
  const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? std::string() : message.GetReflection()->GetString(message, field);
}

Error Missing(const char* member) {
  return {ErrorCode::kValidation, std::string("Recipient needs ") + member + "."};
}

}  // namespace

Result<std::shared_ptr<const ports::Attestation>> VerifyRecipient(const Operation& operation,
                                                                  const pb::Message& request,
                                                                  const Services& services) {
  if (!IsSet(request, operation.recipient)) return std::shared_ptr<const ports::Attestation>();
  if (services.attestations == nullptr) {
    return Error{ErrorCode::kUnsupportedOperation,
                 "This server trusts no authority of attestation documents: Recipient is not "
                 "supported."};
  }
  const pb::Message& recipient = request.GetReflection()->GetMessage(request, operation.recipient);
  const std::string document = MemberOf(recipient, "attestation_document");
  if (document.empty()) return Missing("AttestationDocument");
  // Of what it may say, the annotations have taken care.
  if (MemberOf(recipient, "key_encryption_algorithm").empty())
    return Missing("KeyEncryptionAlgorithm");
  return services.attestations->Verify(AsBytes(document));
}

bool HoldsSecret(const pb::Message& reply) {
  const pb::Descriptor* descriptor = reply.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const pb::FieldDescriptor* field = descriptor->field(i);
    if (field->options().GetExtension(kmaas::field).secret() && IsSet(reply, field)) return true;
  }
  return false;
}

Result<Bytes> EncryptFor(const ports::Attestation& recipient, ByteView secret) {
  std::optional<Bytes> sealed = crypto::Envelop(recipient.public_key, secret);
  if (!sealed)
    return Error{ErrorCode::kKmsInternal, "", "a secret was not encrypted for its recipient"};
  return *std::move(sealed);
}

}  // namespace kmaas::core
