#include "crypto/der.h"

namespace kmaas::crypto {
namespace {

constexpr std::uint8_t kShortLengthMax = 0x7f;

void AppendLength(Bytes& out, std::size_t length) {
  if (length <= kShortLengthMax) return AppendU8(out, static_cast<std::uint8_t>(length));
  std::uint8_t bytes = 0;
  for (std::size_t left = length; left != 0; left >>= 8U) ++bytes;
  AppendU8(out, static_cast<std::uint8_t>(0x80U | bytes));
  for (std::uint8_t i = bytes; i-- > 0;)
    AppendU8(out, static_cast<std::uint8_t>(length >> (8U * i)));
}

ByteView WithoutZeros(ByteView big_endian) {
  while (!big_endian.empty() && big_endian[0] == 0) big_endian = big_endian.subspan(1);
  return big_endian;
}

// The length at the reader's place, in its shortest form; at most four bytes.
std::optional<std::size_t> TakeLength(ByteReader& reader) {
  const std::uint8_t first = reader.U8();
  if (!reader.ok()) return std::nullopt;
  if (first <= kShortLengthMax) return first;
  const std::size_t count = first & kShortLengthMax;
  if (count == 0 || count > 4) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length = length << 8U | reader.U8();
  const bool shortest = length > kShortLengthMax && length >> (8U * (count - 1)) != 0;
  if (!reader.ok() || !shortest) return std::nullopt;
  return length;
}

}  // namespace

void AppendDer(Bytes& out, DerTag tag, ByteView content) {
  AppendU8(out, static_cast<std::uint8_t>(tag));
  AppendLength(out, content.size());
  Append(out, content);
}

void AppendDerUnsigned(Bytes& out, ByteView big_endian) {
  const ByteView magnitude = WithoutZeros(big_endian);
  Bytes content;
  if (magnitude.empty() || (magnitude[0] & 0x80U) != 0) AppendU8(content, 0);
  Append(content, magnitude);
  AppendDer(out, DerTag::kInteger, content);
}

std::optional<ByteView> DerReader::Take(DerTag tag) {
  ByteReader reader(rest_);
  if (reader.U8() != static_cast<std::uint8_t>(tag) || !reader.ok()) return std::nullopt;
  const auto length = TakeLength(reader);
  if (!length) return std::nullopt;
  const ByteView content = reader.Take(*length);
  if (!reader.ok()) return std::nullopt;
  rest_ = reader.rest();
  return content;
}

std::optional<ByteView> DerReader::TakeUnsigned() {
  const ByteView before = rest_;
  const auto content = Take(DerTag::kInteger);
  const bool padded = content && content->size() > 1 && (*content)[0] == 0;
  const bool good = content && !content->empty() && ((*content)[0] & 0x80U) == 0 &&
                    (!padded || ((*content)[1] & 0x80U) != 0);
  if (good) return WithoutZeros(*content);
  rest_ = before;
  return std::nullopt;
}

Bytes EcdsaSignatureToDer(ByteView r_then_s) {
  const std::size_t half = r_then_s.size() / 2;
  Bytes both;
  AppendDerUnsigned(both, r_then_s.first(half));
  AppendDerUnsigned(both, r_then_s.subspan(half));
  Bytes signature;
  AppendDer(signature, DerTag::kSequence, both);
  return signature;
}

}  // namespace kmaas::crypto
