#include "policy/condition_key.h"

#include <array>
#include <charconv>

#include "base/ascii_case.h"

namespace kmaas::policy {
namespace {

enum class Count { kSingle, kMulti };

struct KeyRow {
  std::string_view name;
  ConditionType type;
  bool multi_valued;
};

constexpr auto kRows = std::to_array<KeyRow>({
#define KM_CONDITION_KEY(enumerator, name, type, count) \
  {name, ConditionType::type, Count::k##count == Count::kMulti},
#include "policy/condition_keys.inc"
#undef KM_CONDITION_KEY
});

bool IsFamilyName(std::string_view name) { return name.back() == '/' || name.back() == ':'; }

bool StartsIgnoringCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && EqualsIgnoringCase(text.substr(0, prefix.size()), prefix);
}

// "31" for a limit of 32: decimal, without leading zeros.
bool IsBelow(std::string_view digits, unsigned limit) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && value < limit && digits == std::to_string(value) &&
         end == digits.data() + digits.size();
}

// Members of kms:RecipientAttestation, lower case. Source: AWS service authorization reference.
bool IsMeasurement(std::string_view member) {
  constexpr std::string_view kEnclave = "pcr";
  constexpr std::string_view kTpm = "nitrotpmpcr";
  constexpr unsigned kEnclaveRegisters = 32;
  constexpr unsigned kTpmRegisters = 24;
  if (member.starts_with(kEnclave))
    return IsBelow(member.substr(kEnclave.size()), kEnclaveRegisters);
  if (member.starts_with(kTpm)) return IsBelow(member.substr(kTpm.size()), kTpmRegisters);
  return member == "imagesha384";
}

const KeyRow& RowOf(KnownKey key) { return kRows[static_cast<std::size_t>(key)]; }

}  // namespace

std::optional<ConditionKey> ConditionKey::Parse(std::string_view name) {
  ConditionKey key;
  key.text = LowerAscii(name);
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    const std::string_view known = kRows[i].name;
    const bool family = IsFamilyName(known);
    if (family ? !StartsIgnoringCase(name, known) || name.size() == known.size()
               : !EqualsIgnoringCase(name, known)) {
      continue;
    }
    key.known = static_cast<KnownKey>(i);
    if (family) key.member = key.text.substr(known.size());
    if (key.known == KnownKey::kRecipientAttestation && !IsMeasurement(key.member))
      return std::nullopt;
    return key;
  }
  // AWS: a key is prefaced by a service or by an identity provider.
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == name.size())
    return std::nullopt;
  if (StartsIgnoringCase(name, "kms:") || StartsIgnoringCase(name, "aws:")) return std::nullopt;
  return key;
}

ConditionType TypeOf(const ConditionKey& key) {
  return key.known == KnownKey::kOther ? ConditionType::kString : RowOf(key.known).type;
}

bool IsMultiValued(const ConditionKey& key) {
  return key.known != KnownKey::kOther && RowOf(key.known).multi_valued;
}

std::string_view NameOf(KnownKey key) {
  return key == KnownKey::kOther ? std::string_view() : RowOf(key).name;
}

}  // namespace kmaas::policy
