// What an attestation document says, before anybody believes it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace kmaas::attestation {

// Views borrow from the payload that it was read from. Sources: AWS Nitro Enclaves, "Verifying the
// root of trust"; Amazon EC2, "Validate a NitroTPM Attestation Document".
struct Document {
  std::string module_id;
  WallTime timestamp{};
  std::map<unsigned, Bytes> pcrs;  // SHA-384
  bool nitro_tpm = false;
  ByteView certificate;            // DER, of the key that signed
  std::vector<ByteView> cabundle;  // DER, from the root downwards
  ByteView public_key;             // empty: none

  // Nothing unless each member is there once, of its type and within its bounds. Members that
  // neither source names are passed over.
  static std::optional<Document> Parse(ByteView payload);
};

}  // namespace kmaas::attestation
