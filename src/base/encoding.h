// Hex and base64, strict: what is not canonical is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace kmaas {

std::string HexEncode(ByteView bytes);                  // lower case
std::optional<Bytes> HexDecode(std::string_view text);  // lower or upper case, even length
std::string Base64Encode(ByteView bytes);               // RFC 4648 section 4, padded
void AppendBase64(std::string& out, ByteView bytes);    // the same, appended
// Refuses blanks, wrong padding, URL-safe letters and non-zero trailing bits. Clears `out` first.
[[nodiscard]] bool Base64Decode(std::string_view text, std::string& out);
// RFC 4648 section 5, without padding, as RFC 7515 has it; refuses all that Base64Decode refuses.
[[nodiscard]] bool Base64UrlDecode(std::string_view text, std::string& out);
std::string Base64UrlEncode(ByteView bytes);
// True for well-formed UTF-8 without surrogates or overlong forms (RFC 3629).
bool IsUtf8(std::string_view text);

}  // namespace kmaas
