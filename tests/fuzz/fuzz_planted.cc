// A mistake for tests/campaigns/fuzz to find: reads one byte behind an input that says so.
#include <cstddef>
#include <cstdint>
#include <memory>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4 || data[0] != 'k' || data[1] != 'm' || data[2] != 's') return 0;
  const auto copy = std::make_unique<std::uint8_t[]>(size);
  const volatile std::uint8_t behind = copy[data[3] == '!' ? size : size - 1];
  static_cast<void>(behind);
  return 0;
}
