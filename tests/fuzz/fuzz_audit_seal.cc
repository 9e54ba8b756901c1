// Lines of seals: whatever parses is, byte for byte, what would be written of its parts.
#include <cstdlib>

#include "audit/seal.h"

using namespace kmaas::audit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  // Times that somebody else wrote.
  (void)SecondsBetween(line, "2026-11-24T12:00:00Z");
  const auto parsed = ParseSealLine(line);
  if (!parsed) return 0;
  if (RenderSealLine(parsed->text, parsed->signature) != line) std::abort();
  if (RenderSeal(parsed->seal) != parsed->text) std::abort();
  (void)IsOverdue(parsed->seal, line);
  if (IsOverdue(parsed->seal, parsed->seal.time)) std::abort();
  return 0;
}
