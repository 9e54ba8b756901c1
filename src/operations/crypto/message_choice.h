// What a key signs or verifies, of the message in a request.
#pragma once

#include <string>

#include "base/result.h"
#include "core/signing_input.h"
#include "domain/key.h"
#include "operations/crypto/algorithm_choice.h"

namespace kmaas::operations {

struct ToSign {
  domain::SigningAlgorithm algorithm;
  Bytes input;  // of ports::CryptoEngine::Sign and crypto::PublicKey::Verify
};

// Of a SignRequest or a VerifyRequest. kInvalidKeyUsage for an algorithm that the key does not
// have, kValidation for a message type that the algorithm does not take and a digest of the wrong
// length.
template <class Request>
Result<ToSign> ReadMessage(const Request& request, const domain::Key& key) {
  KM_TRY(const auto algorithm,
         AlgorithmFor<domain::SigningAlgorithm>(request.signing_algorithm(), key));
  const std::string text = request.has_message_type() ? request.message_type() : "RAW";
  const auto type = domain::FromText<domain::MessageType>(text);
  // EXTERNAL_MU, which is for ML-DSA alone.
  if (!type) return core::UnsupportedMessageType(algorithm, text);
  KM_TRY(Bytes input, core::SigningInput(algorithm, *type, AsBytes(request.message())));
  return ToSign{algorithm, std::move(input)};
}

}  // namespace kmaas::operations
