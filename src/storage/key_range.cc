#include "storage/key_range.h"

namespace kmaas::storage {
namespace {

// The least key that is greater than every key with this prefix; none when there is no such key.
std::optional<std::string> EndOfPrefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

// The least key that is not before the range: `after` is outside it, and nothing lies between a key
// and that key with a zero byte.
std::string StartOf(const ports::Scan& scan) {
  if (scan.after.empty() || scan.after < scan.prefix) return std::string(scan.prefix);
  std::string start(scan.after);
  start.push_back('\0');
  return start;
}

}  // namespace

KeyRange RangeOf(const ports::Scan& scan) { return {StartOf(scan), EndOfPrefix(scan.prefix)}; }

}  // namespace kmaas::storage
