#include "attestation/cbor_reader.h"

namespace kmaas::attestation {
namespace {

constexpr unsigned kMajorShift = 5;
constexpr std::uint8_t kArgumentBits = 0x1f;
constexpr std::uint8_t kInHeadMax = 23;     // smaller arguments stand in the first byte
constexpr std::uint8_t kInEightBytes = 27;  // 24 to 27: in the next 1, 2, 4 or 8 bytes
constexpr std::uint64_t kSimpleNull = 22;
constexpr std::uint64_t kSimpleMax = 23;  // above: floating point, and values that nobody defined
constexpr std::uint8_t kBreak = 0xff;     // RFC 8949 section 3.2.1
constexpr std::uint64_t kIntegerMax = (std::uint64_t{1} << 62U) - 1;

std::uint8_t IndefiniteHead(std::uint8_t major) {
  return static_cast<std::uint8_t>(major << kMajorShift | kArgumentBits);
}

}  // namespace

// RFC 8949 section 3. Arguments that are longer than need be are let pass, as the standard does.
std::optional<CborReader::Head> CborReader::Peek() const {
  if (rest_.empty()) return std::nullopt;
  const auto major = static_cast<Major>(rest_[0] >> kMajorShift);
  const std::uint8_t low = rest_[0] & kArgumentBits;
  if (low <= kInHeadMax) return Head{major, low, 1};
  if (low > kInEightBytes) return std::nullopt;
  const std::size_t bytes = std::size_t{1} << (low - kInHeadMax - 1U);
  if (rest_.size() - 1 < bytes) return std::nullopt;
  std::uint64_t argument = 0;
  for (const std::uint8_t byte : rest_.subspan(1, bytes)) argument = argument << 8U | byte;
  return Head{major, argument, 1 + bytes};
}

std::optional<std::uint64_t> CborReader::Take(Major major) {
  const std::optional<Head> head = Peek();
  if (!head || head->major != major) return std::nullopt;
  rest_ = rest_.subspan(head->size);
  return head->argument;
}

std::optional<std::uint64_t> CborReader::TakeUnsigned() { return Take(Major::kUnsigned); }

std::optional<std::int64_t> CborReader::TakeInteger() {
  const std::optional<Head> head = Peek();
  if (!head || head->argument > kIntegerMax) return std::nullopt;
  const auto magnitude = static_cast<std::int64_t>(head->argument);
  if (Take(Major::kUnsigned)) return magnitude;
  if (Take(Major::kNegative)) return -1 - magnitude;
  return std::nullopt;
}

std::optional<ByteView> CborReader::TakeString(Major major) {
  const std::optional<Head> head = Peek();
  if (!head || head->major != major || head->argument > rest_.size() - head->size)
    return std::nullopt;
  const auto length = static_cast<std::size_t>(head->argument);
  const ByteView content = rest_.subspan(head->size, length);
  rest_ = rest_.subspan(head->size + length);
  return content;
}

std::optional<ByteView> CborReader::TakeBytes() { return TakeString(Major::kBytes); }

std::optional<std::string_view> CborReader::TakeText() {
  const std::optional<ByteView> content = TakeString(Major::kText);
  if (!content) return std::nullopt;
  return AsText(*content);
}

// Each item has a byte at least, a pair two.
std::optional<CborReader::Items> CborReader::TakeItems(Major major, std::size_t bytes_each) {
  if (!rest_.empty() && rest_[0] == IndefiniteHead(static_cast<std::uint8_t>(major))) {
    rest_ = rest_.subspan(1);
    return Items{std::nullopt};
  }
  const std::optional<Head> head = Peek();
  if (!head || head->major != major || head->argument > (rest_.size() - head->size) / bytes_each)
    return std::nullopt;
  rest_ = rest_.subspan(head->size);
  return Items{static_cast<std::size_t>(head->argument)};
}

std::optional<CborReader::Items> CborReader::TakeArray() { return TakeItems(Major::kArray, 1); }
std::optional<CborReader::Items> CborReader::TakeMap() { return TakeItems(Major::kMap, 2); }

// At the end of the input an item has to follow all the same, and cannot be taken.
bool CborReader::Follows(Items& items) {
  if (items.left) {
    if (*items.left == 0) return false;
    --*items.left;
    return true;
  }
  if (rest_.empty() || rest_[0] != kBreak) return true;
  rest_ = rest_.subspan(1);
  return false;
}

bool CborReader::TakeNull() {
  const std::optional<Head> head = Peek();
  return head && head->size == 1 && head->argument == kSimpleNull && Take(Major::kSimple);
}

bool CborReader::TakeTag(std::uint64_t tag) {
  const std::optional<Head> head = Peek();
  return head && head->argument == tag && Take(Major::kTag);
}

bool CborReader::Skip() { return SkipWithin(0); }

bool CborReader::SkipWithin(int depth) {
  std::size_t items_each = 1;
  std::optional<Items> items = TakeArray();
  if (!items) {
    items = TakeMap();
    items_each = 2;
  }
  if (!items) return SkipScalar();
  if (depth == kDepthMax) return false;
  while (Follows(*items)) {
    for (std::size_t i = 0; i < items_each; ++i) {
      if (!SkipWithin(depth + 1)) return false;
    }
  }
  return true;
}

bool CborReader::SkipScalar() {
  const std::optional<Head> head = Peek();
  if (!head) return false;
  switch (head->major) {
    case Major::kUnsigned:
    case Major::kNegative:
      return Take(head->major).has_value();
    case Major::kBytes:
    case Major::kText:
      return TakeString(head->major).has_value();
    case Major::kSimple:
      return head->size == 1 && head->argument <= kSimpleMax && Take(Major::kSimple);
    default:
      return false;
  }
}

}  // namespace kmaas::attestation
