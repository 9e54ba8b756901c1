#include "crypto/public_key_pem.h"

#include <algorithm>

#include "base/encoding.h"

namespace kmaas::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";
constexpr std::size_t kLineCharacters = 64;

}  // namespace

std::string PublicKeyToPem(ByteView info) {
  const std::string text = Base64Encode(info);
  std::string pem(kBegin);
  pem.push_back('\n');
  for (std::size_t at = 0; at < text.size(); at += kLineCharacters)
    pem.append(text, at, kLineCharacters).push_back('\n');
  pem.append(kEnd).push_back('\n');
  return pem;
}

std::optional<Bytes> PublicKeyFromPem(std::string_view text) {
  const std::size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + kBegin.size());
  const std::size_t end = text.find(kEnd);
  if (end == std::string_view::npos) return std::nullopt;
  std::string inside(text.substr(0, end));
  std::erase_if(inside, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  std::string decoded;
  if (inside.empty() || !Base64Decode(inside, decoded)) return std::nullopt;
  return ToBytes(AsBytes(decoded));
}

}  // namespace kmaas::crypto
