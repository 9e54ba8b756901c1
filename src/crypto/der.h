// DER (ITU-T X.690) as far as keys and signatures need it: definite lengths, tags of one byte.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace kmaas::crypto {

enum class DerTag : std::uint8_t {
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kNull = 0x05,
  kSequence = 0x30,
  kContext0 = 0xa0,  // [0], constructed
  kContext1 = 0x81,  // [1], primitive
};

void AppendDer(Bytes& out, DerTag tag, ByteView content);
// A non-negative INTEGER from its big-endian bytes, in the shortest form.
void AppendDerUnsigned(Bytes& out, ByteView big_endian);

// Reads one element after the other; views borrow from the input. Refuses what is not DER: lengths
// that are indefinite or longer than need be.
class DerReader {
 public:
  explicit DerReader(ByteView bytes) : rest_(bytes) {}
  // The content of the next element; nothing, and nothing read, when it has another tag.
  std::optional<ByteView> Take(DerTag tag);
  // Of a non-negative INTEGER, without leading zeros; zero is empty.
  std::optional<ByteView> TakeUnsigned();
  ByteView rest() const { return rest_; }
  bool done() const { return rest_.empty(); }

 private:
  ByteView rest_;
};

// An ECDSA signature r‖s, halves of one length, as DER (RFC 3279 section 2.2.3).
Bytes EcdsaSignatureToDer(ByteView r_then_s);

}  // namespace kmaas::crypto
