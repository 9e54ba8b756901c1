// Key ids, material ids, ARNs and alias names: whatever parses prints back to the same text.
#include <cstdlib>

#include "domain/ids.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto id = kmaas::domain::KeyId::Parse(text); id && id->ToText() != text) std::abort();
  if (const auto id = kmaas::domain::MaterialId::Parse(text); id && id->ToText() != text)
    std::abort();
  if (const auto arn = kmaas::domain::Arn::Parse(text); arn && arn->ToText() != text) std::abort();
  if (kmaas::domain::IsAliasName(text) && text.find('\0') != std::string::npos) std::abort();
  (void)kmaas::domain::IsAccountId(text);
  return 0;
}
