// Base64 and hexadecimal: whatever decodes encodes back to the same text.
#include <cstdlib>

#include "base/encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string decoded;
  if (kmaas::Base64Decode(text, decoded) && kmaas::Base64Encode(kmaas::AsBytes(decoded)) != text)
    std::abort();
  (void)kmaas::HexDecode(text);
  (void)kmaas::IsUtf8(text);
  return 0;
}
