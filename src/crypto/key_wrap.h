// AES key wrap with padding (RFC 5649) in the process: to learn what a token's wrapping mechanism
// really writes, and to hand a token what came to the process. Wrapping keys live for one call.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace kmaas::crypto {

// `key` has 32 bytes, `plaintext` at least one.
Bytes KeyWrapPad(ByteView key, ByteView plaintext);

// The wrapped bytes, or nothing when `blob` was not made by RFC 5649 under `key` (32 bytes).
std::optional<SecretBytes> KeyWrapPadOpen(ByteView key, ByteView blob);

}  // namespace kmaas::crypto
