// Lines of an audit trail: whatever parses is, byte for byte, what would be written of its parts.
#include <cstdlib>

#include "audit/chain.h"
#include "audit/render.h"
#include "base/encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto parsed = kmaas::audit::ParseLine(line);
  if (!parsed) return 0;
  std::string again = R"({"seq":)" + std::to_string(parsed->sequence) + R"(,"prev":")" +
                      kmaas::HexEncode(parsed->previous) + R"(","hash":")" +
                      kmaas::HexEncode(parsed->hash) + R"(","event":)";
  again.append(parsed->event).append("}");
  if (again != line) std::abort();
  // What the opener of a trail reads of it.
  if (kmaas::audit::EventId(parsed->event).size() > parsed->event.size()) std::abort();
  if (kmaas::audit::EventDay(parsed->event).size() > 10) std::abort();
  (void)kmaas::audit::IsWrite(parsed->event);
  return 0;
}
