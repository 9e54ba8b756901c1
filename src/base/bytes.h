// Bytes and views of bytes, and the casts between them and text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kmaas {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

// Borrow: the view lives as long as what it was made from.
inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::string ToString(ByteView bytes) { return std::string(AsText(bytes)); }
inline Bytes ToBytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

// Appends big-endian integers and length-prefixed fields: the one way in which kmaas serialises
// what it authenticates.
void AppendU8(Bytes& out, std::uint8_t value);
void AppendU16(Bytes& out, std::uint16_t value);
void AppendU32(Bytes& out, std::uint32_t value);
void AppendU64(Bytes& out, std::uint64_t value);
void Append(Bytes& out, ByteView bytes);
void Append(Bytes& out, std::string_view text);
// A 32-bit big-endian length, then the bytes: two different lists of fields never serialise alike.
void AppendField(Bytes& out, ByteView bytes);
void AppendField(Bytes& out, std::string_view text);

// Reads what Append... wrote. Every read past the end fails and leaves the reader failed.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}
  std::uint8_t U8();
  std::uint16_t U16();
  std::uint32_t U32();
  std::uint64_t U64();
  // A view into the input; empty when the input is too short (and ok() is false).
  ByteView Take(std::size_t size);
  ByteView rest() const { return rest_; }
  bool ok() const { return ok_; }

 private:
  ByteView rest_;
  bool ok_ = true;
};

}  // namespace kmaas
