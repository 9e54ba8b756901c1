#include "domain/ciphertext.h"

#include <algorithm>

#include "base/limits.h"

namespace kmaas::domain {
namespace {

constexpr std::uint8_t kFlagMultiRegion = 1;
constexpr std::size_t kTagBytes = 16;
constexpr std::string_view kMessageKeyLabel = "kmaas symmetric message key v1";
constexpr std::uint32_t kMessageKeyBits = 256;

template <std::size_t N>
void TakeInto(ByteReader& reader, std::array<std::uint8_t, N>& out) {
  const ByteView taken = reader.Take(N);
  std::copy(taken.begin(), taken.end(), out.begin());
}

}  // namespace

Result<Bytes> CanonicalForm(const EncryptionContext& context) {
  Bytes out;
  AppendU32(out, static_cast<std::uint32_t>(context.size()));
  for (const auto& [key, value] : context) {
    AppendField(out, key);
    AppendField(out, value);
    if (out.size() > limits::kEncryptionContextBytesMax) {
      return Error{ErrorCode::kValidation, "The encryption context is larger than " +
                                               std::to_string(limits::kEncryptionContextBytesMax) +
                                               " bytes."};
    }
  }
  return out;
}

Bytes EncodeHeader(const CiphertextHeader& header) {
  Bytes out;
  out.reserve(kCiphertextHeaderBytes);
  AppendU8(out, kCiphertextVersion);
  AppendU8(out, kSchemePerMessageHmac);
  AppendU8(out, header.key_id.multi_region ? kFlagMultiRegion : 0);
  Append(out, header.key_id.bits);
  Append(out, header.material_id.bits);
  Append(out, header.nonce);
  Append(out, header.commitment);
  return out;
}

std::optional<CiphertextBlob> ParseCiphertext(ByteView blob) {
  if (blob.size() < kCiphertextHeaderBytes + kTagBytes || blob.size() > limits::kCiphertextBytesMax)
    return std::nullopt;
  ByteReader reader(blob);
  if (reader.U8() != kCiphertextVersion || reader.U8() != kSchemePerMessageHmac)
    return std::nullopt;
  const std::uint8_t flags = reader.U8();
  if (flags > kFlagMultiRegion) return std::nullopt;
  CiphertextBlob parsed;
  parsed.header.key_id.multi_region = flags == kFlagMultiRegion;
  TakeInto(reader, parsed.header.key_id.bits);
  TakeInto(reader, parsed.header.material_id.bits);
  TakeInto(reader, parsed.header.nonce);
  TakeInto(reader, parsed.header.commitment);
  parsed.sealed = ToBytes(reader.rest());
  return parsed;
}

Bytes MessageKeyInput(const CiphertextHeader& header) {
  Bytes out;
  AppendU32(out, 1);
  Append(out, kMessageKeyLabel);
  AppendU8(out, 0);
  Append(out, header.nonce);
  AppendU8(out, header.key_id.multi_region ? kFlagMultiRegion : 0);
  Append(out, header.key_id.bits);
  AppendU32(out, kMessageKeyBits);
  return out;
}

}  // namespace kmaas::domain
