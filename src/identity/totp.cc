#include "identity/totp.h"

#include "crypto/hmac_sha1.h"

namespace kmaas::identity {

std::uint64_t TotpStepAt(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  return static_cast<std::uint64_t>(seconds / kTotpStep);
}

std::string TotpCode(ByteView seed, std::uint64_t step, unsigned digits) {
  Bytes counter;
  AppendU64(counter, step);
  const crypto::Sha1Tag tag = crypto::HmacSha1(seed, counter);
  const std::size_t offset = tag.back() & 0x0fU;  // dynamic truncation, RFC 4226 section 5.3
  ByteReader reader(ByteView(tag).subspan(offset, 4));
  std::uint32_t number = reader.U32() & 0x7fffffffU;
  std::string code(digits, '0');
  for (auto digit = code.rbegin(); digit != code.rend(); ++digit, number /= 10)
    *digit = static_cast<char>('0' + number % 10);
  return code;
}

std::string Base32Encode(ByteView bytes) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    pending = (pending << 8U | byte) & 0xfffU;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text.push_back(kLetters[pending >> bits & 0x1fU]);
    }
  }
  if (bits > 0) text.push_back(kLetters[pending << (5 - bits) & 0x1fU]);
  return text;
}

}  // namespace kmaas::identity
