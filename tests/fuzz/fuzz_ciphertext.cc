// The ciphertext header parser: whatever parses encodes back to the same bytes.
#include <cstdlib>

#include "domain/ciphertext.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const kmaas::ByteView blob(data, size);
  const auto parsed = kmaas::domain::ParseCiphertext(blob);
  if (!parsed) return 0;
  kmaas::Bytes encoded = kmaas::domain::EncodeHeader(parsed->header);
  kmaas::Append(encoded, parsed->sealed);
  if (kmaas::AsText(encoded) != kmaas::AsText(blob)) std::abort();
  return 0;
}
