// From a message as a caller sends it to what a key signs or verifies.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/algorithms.h"

namespace kmaas::core {

// The input of ports::CryptoEngine::Sign and crypto::PublicKey::Verify: hashes a RAW message where
// the algorithm signs a digest. kValidation, in AWS's words, for a digest of the wrong length and
// for a message type that the algorithm does not take.
Result<Bytes> SigningInput(domain::SigningAlgorithm algorithm, domain::MessageType type,
                           ByteView message);

// What is said of a message type that the algorithm does not take.
Error UnsupportedMessageType(domain::SigningAlgorithm algorithm, std::string_view type);

}  // namespace kmaas::core
