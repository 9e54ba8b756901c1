// A condition key as a policy names it and as a request answers it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kmaas::policy {

enum class ConditionType { kString, kArn, kBool, kNumeric, kDate, kIpAddress, kBinary };

enum class KnownKey {
#define KM_CONDITION_KEY(enumerator, name, type, count) enumerator,
#include "policy/condition_keys.inc"
#undef KM_CONDITION_KEY
  kOther,  // of another service or of a web identity provider: told apart by `text`
};

// Names are compared without regard to ASCII case (IAM user guide, "Condition"), members of
// families likewise.
struct ConditionKey {
  KnownKey known = KnownKey::kOther;
  std::string member;  // of a family, lower case: "department" of aws:PrincipalTag/Department
  std::string text;    // the whole name, lower case

  // Nothing for the empty name, and for names under kms: and aws: that AWS does not have, as a
  // register of attestations that there is none of: a
  // condition on what is never there would be believed to hold.
  static std::optional<ConditionKey> Parse(std::string_view name);
};

ConditionType TypeOf(const ConditionKey& key);  // kString for kOther
bool IsMultiValued(const ConditionKey& key);
std::string_view NameOf(KnownKey key);  // as AWS writes it

// What one request answers when a policy asks. Asked only for keys that stand in a policy in play,
// so an answer may be worked out then. Not thread-safe; lives as long as one decision.
class ConditionContext {
 public:
  virtual ~ConditionContext() = default;
  // Appends the values; false when the key is absent, true without values when it is there and
  // empty. Booleans are "true" and "false", dates ISO 8601 or epoch seconds. The views live as long
  // as the context.
  virtual bool Values(const ConditionKey& key, std::vector<std::string_view>& values) const = 0;
  // False for a key that only a real request could answer, when none is asked for but whether one
  // could be allowed. A statement that allows is then taken to apply, one that denies not to.
  virtual bool Answers(const ConditionKey& /*key*/) const { return true; }
};

}  // namespace kmaas::policy
