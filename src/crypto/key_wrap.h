// AES key wrap with padding (RFC 5649), opened in the process: to learn what a token's wrapping
// mechanism really writes. Only throw-away keys are ever opened here.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace kmaas::crypto {

// The wrapped bytes, or nothing when `blob` was not made by RFC 5649 under `key` (32 bytes).
std::optional<SecretBytes> KeyWrapPadOpen(ByteView key, ByteView blob);

}  // namespace kmaas::crypto
