#include "domain/ids.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/encoding.h"

namespace kmaas::domain {
namespace {

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

template <std::size_t N>
bool ReadLowerHex(std::string_view text, std::array<std::uint8_t, N>& out) {
  if (text.size() != N * 2 || !std::all_of(text.begin(), text.end(), IsLowerHex)) return false;
  const auto bytes = HexDecode(text);
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

// The digits of a UUID without its dashes, or nothing when the dashes are not where they belong.
std::optional<std::string> WithoutDashes(std::string_view text) {
  constexpr std::size_t kDashes[] = {8, 13, 18, 23};
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash_place =
        std::find(std::begin(kDashes), std::end(kDashes), i) != std::end(kDashes);
    if (dash_place != (text[i] == '-')) return std::nullopt;
    if (!dash_place) digits.push_back(text[i]);
  }
  return digits;
}

}  // namespace

std::optional<KeyId> KeyId::Parse(std::string_view text) {
  KeyId id;
  if (text.starts_with("mrk-")) {
    id.multi_region = true;
    if (!ReadLowerHex(text.substr(4), id.bits)) return std::nullopt;
    return id;
  }
  const auto digits = WithoutDashes(text);
  if (!digits || !ReadLowerHex(*digits, id.bits)) return std::nullopt;
  return id;
}

KeyId KeyId::FromRandom(std::array<std::uint8_t, 16> random, bool multi_region) {
  random[6] = static_cast<std::uint8_t>((random[6] & 0x0fU) | 0x40U);
  random[8] = static_cast<std::uint8_t>((random[8] & 0x3fU) | 0x80U);
  return {random, multi_region};
}

// Several times in each call, so with few allocations.
std::string KeyId::ToText() const {
  constexpr std::size_t kUuidLength = 36;
  constexpr std::array<std::size_t, 4> kDashes = {8, 13, 18, 23};
  const std::string hex = HexEncode(bits);
  if (multi_region) return "mrk-" + hex;
  std::string text;
  text.reserve(kUuidLength);
  text = hex;
  for (const std::size_t at : kDashes) text.insert(at, 1, '-');
  return text;
}

std::optional<MaterialId> MaterialId::Parse(std::string_view text) {
  MaterialId id;
  if (!ReadLowerHex(text, id.bits)) return std::nullopt;
  return id;
}

std::string MaterialId::ToText() const { return HexEncode(bits); }

std::optional<ImportKeyId> ImportKeyId::Parse(std::string_view text) {
  ImportKeyId id;
  if (!ReadLowerHex(text, id.bits)) return std::nullopt;
  return id;
}

std::string ImportKeyId::ToText() const { return HexEncode(bits); }

std::optional<Arn> Arn::Parse(std::string_view text) {
  std::vector<std::string> parts;
  while (parts.size() < 5) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    parts.emplace_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || text.empty()) return std::nullopt;
  return Arn{parts[1], parts[2], parts[3], parts[4], std::string(text)};
}

std::string Arn::ToText() const {
  return "arn:" + partition + ":" + service + ":" + region + ":" + account + ":" + resource;
}

std::string KeyArn(std::string_view region, std::string_view account, const KeyId& id) {
  constexpr std::size_t kUsualLength = 96;
  std::string arn;
  arn.reserve(kUsualLength);
  arn.append("arn:").append(kPartition).append(":kms:").append(region).append(":");
  arn.append(account).append(":key/").append(id.ToText());
  return arn;
}

std::string AliasArn(std::string_view region, std::string_view account,
                     std::string_view alias_name) {
  return Arn{std::string(kPartition), "kms", std::string(region), std::string(account),
             std::string(alias_name)}
      .ToText();
}

std::string RootArn(std::string_view account) {
  return Arn{std::string(kPartition), "iam", "", std::string(account), "root"}.ToText();
}

std::string_view ResourceType(std::string_view arn) {
  struct Kind {
    std::string_view service;
    std::string_view resource;  // its beginning
    std::string_view type;
  };
  static constexpr Kind kKinds[] = {{"kms", "key/", "AWS::KMS::Key"},
                                    {"kms", "alias/", "AWS::KMS::Alias"},
                                    {"iam", "user/", "AWS::IAM::User"},
                                    {"iam", "group/", "AWS::IAM::Group"},
                                    {"iam", "role/", "AWS::IAM::Role"},
                                    {"iam", "policy/", "AWS::IAM::ManagedPolicy"},
                                    {"iam", "mfa/", "AWS::IAM::VirtualMFADevice"}};
  // Once for each audit record, so without allocating: arn:partition:service:region:account:rest.
  std::string_view parts[5];
  for (std::string_view& part : parts) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    part = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  for (const Kind& kind : kKinds) {
    if (parts[2] == kind.service && arn.starts_with(kind.resource)) return kind.type;
  }
  return {};
}

bool IsAliasName(std::string_view text) {
  constexpr std::string_view kPrefix = "alias/";
  if (!text.starts_with(kPrefix) || text.size() == kPrefix.size() || text.size() > 256)
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-';
  });
}

bool IsAccountId(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace kmaas::domain
