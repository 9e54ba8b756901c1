#include "core/signing_input.h"

#include "crypto/hash.h"

namespace kmaas::core {

Result<Bytes> SigningInput(domain::SigningAlgorithm algorithm, domain::MessageType type,
                           ByteView message) {
  const std::string name(ToText(algorithm));
  if (!Takes(algorithm, type)) {
    return Error{ErrorCode::kValidation, "MessageType " + std::string(ToText(type)) +
                                             " is not supported by algorithm " + name + "."};
  }
  const domain::Digest digest = FactsOf(algorithm).digest;
  if (type == domain::MessageType::kDigest && message.size() != SizeOf(digest))
    return Error{ErrorCode::kValidation, "Digest is invalid length for algorithm " + name + "."};
  const bool hashes = type == domain::MessageType::kRaw && SignsDigest(algorithm);
  return hashes ? crypto::Hash(digest, message) : ToBytes(message);
}

}  // namespace kmaas::core
