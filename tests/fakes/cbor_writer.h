// Writes CBOR (RFC 8949), each head in its shortest form.
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace kmaas::fakes {

class CborWriter {
 public:
  CborWriter& Unsigned(std::uint64_t value) { return Head(0, value); }
  CborWriter& Negative(std::int64_t value) {
    return Head(1, static_cast<std::uint64_t>(-1 - value));
  }
  CborWriter& ByteString(ByteView content) {
    Head(2, content.size());
    Append(out_, content);
    return *this;
  }
  CborWriter& Text(std::string_view content) {
    Head(3, content.size());
    Append(out_, content);
    return *this;
  }
  CborWriter& Array(std::uint64_t items) { return Head(4, items); }
  CborWriter& Map(std::uint64_t pairs) { return Head(5, pairs); }
  CborWriter& Tag(std::uint64_t tag) { return Head(6, tag); }
  CborWriter& Null() { return Raw(0xf6); }
  CborWriter& Raw(std::uint8_t byte) {
    out_.push_back(byte);
    return *this;
  }
  CborWriter& Raw(ByteView bytes) {
    Append(out_, bytes);
    return *this;
  }
  const Bytes& bytes() const { return out_; }

 private:
  CborWriter& Head(unsigned major, std::uint64_t argument) {
    const auto first = static_cast<std::uint8_t>(major << 5U);
    if (argument < 24) return Raw(static_cast<std::uint8_t>(first | argument));
    const unsigned width = argument <= 0xff       ? 0
                           : argument <= 0xffff   ? 1
                           : argument >> 32U == 0 ? 2
                                                  : 3;
    Raw(static_cast<std::uint8_t>(first | (24 + width)));
    for (unsigned byte = 1U << width; byte-- > 0;)
      Raw(static_cast<std::uint8_t>(argument >> (8 * byte)));
    return *this;
  }

  Bytes out_;
};

}  // namespace kmaas::fakes
