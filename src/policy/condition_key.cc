#include "policy/condition_key.h"

#include <array>

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
