// The PEM form of public keys (RFC 7468 section 13): how an auditor gets one as a file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace kmaas::crypto {

// "-----BEGIN PUBLIC KEY-----", the DER SubjectPublicKeyInfo in base64, and the end line.
std::string PublicKeyToPem(ByteView info);

// The DER of the one public key in a text, which may say other things before and after it. Nothing
// when there is none. Whether the bytes are a key is for whoever uses them to say.
std::optional<Bytes> PublicKeyFromPem(std::string_view text);

}  // namespace kmaas::crypto
