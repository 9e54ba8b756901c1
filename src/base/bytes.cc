#include "base/bytes.h"

namespace kmaas {
namespace {

template <class T>
void AppendBigEndian(Bytes& out, T value) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

template <class T>
T BigEndian(ByteView bytes) {
  T value = 0;
  for (std::uint8_t byte : bytes)
    value = static_cast<T>(static_cast<std::uint64_t>(value) << 8U | byte);
  return value;
}

}  // namespace

void AppendU8(Bytes& out, std::uint8_t value) { out.push_back(value); }
void AppendU16(Bytes& out, std::uint16_t value) { AppendBigEndian(out, value); }
void AppendU32(Bytes& out, std::uint32_t value) { AppendBigEndian(out, value); }
void AppendU64(Bytes& out, std::uint64_t value) { AppendBigEndian(out, value); }
void Append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void Append(Bytes& out, std::string_view text) { Append(out, AsBytes(text)); }

void AppendField(Bytes& out, ByteView bytes) {
  AppendU32(out, static_cast<std::uint32_t>(bytes.size()));
  Append(out, bytes);
}
void AppendField(Bytes& out, std::string_view text) { AppendField(out, AsBytes(text)); }

ByteView ByteReader::Take(std::size_t size) {
  if (!ok_ || rest_.size() < size) {
    ok_ = false;
    return {};
  }
  ByteView taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint8_t ByteReader::U8() { return BigEndian<std::uint8_t>(Take(1)); }
std::uint16_t ByteReader::U16() { return BigEndian<std::uint16_t>(Take(2)); }
std::uint32_t ByteReader::U32() { return BigEndian<std::uint32_t>(Take(4)); }
std::uint64_t ByteReader::U64() { return BigEndian<std::uint64_t>(Take(8)); }

}  // namespace kmaas
