// traceparent: whatever is taken for a trace is 32 lower-case digits of what was sent, not all
// zero.
#include <cstdlib>
#include <string_view>

#include "base/trace_context.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  kmaas::TraceparentReader reader;
  reader.Add(value);
  const std::string_view id = reader.trace_id();
  if (id.empty()) return 0;
  if (id.size() != 32 || id.find_first_not_of("0123456789abcdef") != std::string_view::npos ||
      id.find_first_not_of('0') == std::string_view::npos)
    std::abort();
  if (size < 55 || id.data() != value.data() + 3) std::abort();
  reader.Add(value);
  if (!reader.trace_id().empty()) std::abort();
  return 0;
}
