// Cursor files: whatever is read is what would be written, byte for byte; of the form before seals,
// what is read of it is read again.
#include <cstdlib>
#include <string>

#include "siem/cursor_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto cursor = kmaas::siem::ParseCursor(text, "soc.cursor");
  if (!cursor) return 0;
  const std::string again = ToText(*cursor);
  if (text.starts_with("kmaas siem cursor 2") && again != text) std::abort();
  const auto read = kmaas::siem::ParseCursor(again, "soc.cursor");
  if (!read || read->head.sequence != cursor->head.sequence ||
      read->head.hash != cursor->head.hash || read->seal != cursor->seal || read->at != cursor->at)
    std::abort();
  return 0;
}
