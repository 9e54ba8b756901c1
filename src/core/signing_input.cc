#include "core/signing_input.h"

#include "crypto/hash.h"

namespace kmaas::core {

Result<Bytes> SigningInput(domain::SigningAlgorithm algorithm, domain::MessageType type,
                           ByteView message) {
  if (!Takes(algorithm, type)) return UnsupportedMessageType(algorithm, ToText(type));
  const domain::Digest digest = FactsOf(algorithm).digest;
  if (type == domain::MessageType::kDigest && message.size() != SizeOf(digest)) {
    return Error{ErrorCode::kValidation,
                 "Digest is invalid length for algorithm " + std::string(ToText(algorithm)) + "."};
  }
  const bool hashes = type == domain::MessageType::kRaw && SignsDigest(algorithm);
  return hashes ? crypto::Hash(digest, message) : ToBytes(message);
}

Error UnsupportedMessageType(domain::SigningAlgorithm algorithm, std::string_view type) {
  return {ErrorCode::kValidation, "MessageType " + std::string(type) +
                                      " is not supported by algorithm " +
                                      std::string(ToText(algorithm)) + "."};
}

}  // namespace kmaas::core
