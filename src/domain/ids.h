// Identifiers: key ids, material ids, ARNs and alias names; parsed once, then carried as these
// types.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace kmaas::domain {

// The 128 bits of a KMS key id. Text form is a lower-case UUID, or "mrk-" and 32 hex digits for
// multi-Region keys.
struct KeyId {
  std::array<std::uint8_t, 16> bits{};
  bool multi_region = false;

  static std::optional<KeyId> Parse(std::string_view text);  // exactly the text form, lower case
  // Sets version 4 and variant, RFC 4122 section 4.4.
  static KeyId FromRandom(std::array<std::uint8_t, 16> random, bool multi_region = false);
  std::string ToText() const;
  auto operator<=>(const KeyId&) const = default;
};

// 32 bytes; text form 64 lower-case hex digits (AWS: KeyMaterialId).
struct MaterialId {
  std::array<std::uint8_t, 32> bits{};

  static std::optional<MaterialId> Parse(std::string_view text);
  std::string ToText() const;
  auto operator<=>(const MaterialId&) const = default;
};

// Names the private half of a wrapping key of imports in the token. Text form 32 lower-case hex
// digits.
struct ImportKeyId {
  std::array<std::uint8_t, 16> bits{};

  static std::optional<ImportKeyId> Parse(std::string_view text);
  std::string ToText() const;
  auto operator<=>(const ImportKeyId&) const = default;
};

// arn:<partition>:<service>:<region>:<account>:<resource>; the resource keeps its own colons and
// slashes.
struct Arn {
  std::string partition;
  std::string service;
  std::string region;
  std::string account;
  std::string resource;

  static std::optional<Arn> Parse(std::string_view text);
  std::string ToText() const;
};

// "AWS::KMS::Key", "AWS::IAM::Role": how AWS CloudFormation and CloudTrail call what the ARN names;
// empty for what kmaas has no resources of.
std::string_view ResourceType(std::string_view arn);

inline constexpr std::string_view kPartition = "aws";

std::string KeyArn(std::string_view region, std::string_view account, const KeyId& id);
std::string AliasArn(std::string_view region, std::string_view account,
                     std::string_view alias_name);
std::string RootArn(std::string_view account);

// "alias/" and 1 to 250 characters of [a-zA-Z0-9/_-].
bool IsAliasName(std::string_view text);
bool IsAccountId(std::string_view text);  // 12 digits

}  // namespace kmaas::domain
