#include "workbook/archive_end.h"

#include <algorithm>
#include <limits>

namespace kmaas::workbook {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kLocatorBytes = 20;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kCommentBytesMax = 65'535;

std::uint64_t LittleEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    number = number << 8U | static_cast<std::uint8_t>(bytes[i - 1]);
  }
  return number;
}

// Behind the record is its comment, and nothing else.
bool EndsFile(std::string_view file, std::size_t at) {
  return file.size() - at >= kEndBytes &&
         at + kEndBytes + LittleEndian(file.substr(at + 20, 2)) == file.size();
}

std::optional<std::uint64_t> Entries64(std::string_view file, std::size_t locator) {
  const std::uint64_t at = LittleEndian(file.substr(locator + 8, 8));
  if (file.size() < kEnd64Bytes || at > file.size() - kEnd64Bytes) return std::nullopt;
  const std::string_view record = file.substr(at, kEnd64Bytes);
  if (!record.starts_with("PK\x06\x06"sv)) return std::nullopt;
  return std::max(LittleEndian(record.substr(24, 8)), LittleEndian(record.substr(32, 8)));
}

}  // namespace

std::optional<std::uint64_t> DeclaredEntries(ByteView bytes) {
  const std::string_view file = AsText(bytes);
  if (file.size() < kEndBytes) return std::nullopt;
  for (std::size_t at = file.size() - kEndBytes;; --at) {
    if (file.substr(at).starts_with("PK\x05\x06"sv) && EndsFile(file, at)) {
      if (at >= kLocatorBytes && file.substr(at - kLocatorBytes).starts_with("PK\x06\x07"sv)) {
        return Entries64(file, at - kLocatorBytes);
      }
      return std::max(LittleEndian(file.substr(at + 8, 2)), LittleEndian(file.substr(at + 10, 2)));
    }
    if (at == 0 || file.size() - at > kEndBytes + kCommentBytesMax) return std::nullopt;
  }
}

}  // namespace kmaas::workbook
