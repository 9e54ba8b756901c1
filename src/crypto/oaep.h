// RSAES-OAEP (RFC 8017 section 7.1) after the private operation, which an HSM did. MGF1 has the
// hash of OAEP, the label is empty.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "domain/algorithms.h"

namespace kmaas::crypto {

// `encoded` is the result of the raw private operation, as long as the modulus. Nothing for
// whatever is wrong with it, in the same time for each: which it was would help to decrypt others
// (Manger 2001).
std::optional<SecretBytes> OaepDecode(domain::Digest digest, ByteView encoded);

}  // namespace kmaas::crypto
