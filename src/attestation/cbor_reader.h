// CBOR (RFC 8949) as far as attestation documents need it: strings of definite length, no floating
// point.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace kmaas::attestation {

// Reads one data item after the other, in a single pass; views borrow from the input. Nothing, and
// nothing read, when the next item is of another kind, longer than the input, or malformed. Takes
// nothing for its word: a claimed length costs no memory. Not thread-safe.
class CborReader {
 public:
  explicit CborReader(ByteView bytes) : rest_(bytes) {}

  std::optional<std::uint64_t> TakeUnsigned();
  std::optional<std::int64_t> TakeInteger();  // of either sign; not below -2^62, nor above 2^62 - 1
  std::optional<ByteView> TakeBytes();
  std::optional<std::string_view> TakeText();  // not checked to be UTF-8
  // What follows the head of an array or a map: so many items or pairs, or some until a break.
  struct Items {
    std::optional<std::size_t> left;
  };
  std::optional<Items> TakeArray();
  std::optional<Items> TakeMap();
  // Whether one more item or pair of `items` has to follow; takes the break behind the last one.
  bool Follows(Items& items);
  bool TakeNull();
  bool TakeTag(std::uint64_t tag);
  // Whatever it is, arrays and maps within each other at most kDepthMax deep.
  bool Skip();

  bool done() const { return rest_.empty(); }

  static constexpr int kDepthMax = 4;

 private:
  enum class Major : std::uint8_t {
    kUnsigned = 0,
    kNegative = 1,
    kBytes = 2,
    kText = 3,
    kArray = 4,
    kMap = 5,
    kTag = 6,
    kSimple = 7,
  };
  struct Head {
    Major major;
    std::uint64_t argument;
    std::size_t size;  // in bytes
  };
  std::optional<Head> Peek() const;
  std::optional<std::uint64_t> Take(Major major);
  std::optional<ByteView> TakeString(Major major);
  std::optional<Items> TakeItems(Major major, std::size_t bytes_each);
  bool SkipWithin(int depth);
  bool SkipScalar();

  ByteView rest_;
};

}  // namespace kmaas::attestation
