#include "identity/jwt.h"

#include <array>
#include <cmath>

#include "base/encoding.h"
#include "identity/strict_json.h"

namespace kmaas::identity {
namespace {

using simdjson::dom::element;

constexpr double kNumberMax = 9007199254740992.0;  // 2^53: exact as a double

bool ReadHeader(const std::string& json, Jwt& token) {
  simdjson::dom::parser parser;
  simdjson::dom::object header;
  return ParseStrictly(parser, json, header) && !HasMember(header, "crit") &&
         !HasMember(header, "b64") && TextMember(header, "alg", token.algorithm) &&
         TextMember(header, "kid", token.key_id) && !token.key_id.empty();
}

// False when one of them is no text.
bool ReadTexts(simdjson::dom::array list, std::vector<std::string>& texts) {
  for (const element item : list) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return false;
    texts.emplace_back(text);
  }
  return true;
}

void ReadClaim(std::string_view name, element value, Jwt& token) {
  std::string_view text;
  bool truth = false;
  double number = 0;
  simdjson::dom::array list;
  std::vector<std::string> texts;
  if (value.get(text) == simdjson::SUCCESS) {
    token.texts[std::string(name)] = {std::string(text)};
  } else if (value.get(truth) == simdjson::SUCCESS) {
    token.texts[std::string(name)] = {truth ? "true" : "false"};
  } else if (value.get(list) == simdjson::SUCCESS) {
    if (ReadTexts(list, texts)) token.texts[std::string(name)] = std::move(texts);
  } else if (value.get(number) == simdjson::SUCCESS && std::abs(number) <= kNumberMax) {
    token.numbers[std::string(name)] = static_cast<std::int64_t>(std::floor(number));
  }
}

bool ReadClaims(const std::string& json, Jwt& token) {
  simdjson::dom::parser parser;
  simdjson::dom::object claims;
  if (!ParseStrictly(parser, json, claims)) return false;
  for (const auto member : claims) ReadClaim(member.key, member.value, token);
  return true;
}

}  // namespace

std::string_view Jwt::Text(const std::string& name) const {
  const auto found = texts.find(name);
  return found == texts.end() || found->second.size() != 1 ? std::string_view()
                                                           : found->second.front();
}

std::optional<Jwt> ParseJwt(std::string_view text) {
  if (text.size() > kJwtBytesMax) return std::nullopt;
  const std::size_t first = text.find('.');
  const std::size_t second = text.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  std::string header;
  std::string claims;
  std::string signature;
  Jwt token;
  if (!Base64UrlDecode(text.substr(0, first), header) ||
      !Base64UrlDecode(text.substr(first + 1, second - first - 1), claims) ||
      !Base64UrlDecode(text.substr(second + 1), signature) || signature.empty() ||
      !ReadHeader(header, token) || !ReadClaims(claims, token))
    return std::nullopt;
  token.signed_part = text.substr(0, second);
  token.signature = ToBytes(AsBytes(signature));
  return token;
}

}  // namespace kmaas::identity
