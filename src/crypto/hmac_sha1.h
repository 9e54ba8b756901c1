// HMAC-SHA-1, for one-time passwords only: their devices know nothing else (RFC 4226, RFC 6238).
#pragma once

#include <array>

#include "base/bytes.h"

namespace kmaas::crypto {

using Sha1Tag = std::array<std::uint8_t, 20>;

Sha1Tag HmacSha1(ByteView key, ByteView data);

}  // namespace kmaas::crypto
