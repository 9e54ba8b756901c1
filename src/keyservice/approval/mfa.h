// A second factor that somebody has shown.
#pragma once

#include <optional>

#include "base/clock.h"
#include "keyservice/classes/class_rules.h"

namespace kmaas::keyservice {

struct Mfa {
  MfaStrength strength = MfaStrength::kAny;
  WallTime at{};
};

enum class MfaVerdict { kGood, kNone, kTooWeak, kTooOld };

// Whether the factor was good enough for the class at `when`. One from the future is as good as
// none: no clock says when it was shown.
inline MfaVerdict JudgeMfa(const std::optional<Mfa>& mfa, const ClassRules& rules, WallTime when) {
  if (!mfa || mfa->at > when) return MfaVerdict::kNone;
  if (mfa->strength < rules.mfa) return MfaVerdict::kTooWeak;
  const bool old = when - mfa->at > std::chrono::seconds(rules.mfa_age_seconds_max);
  return old ? MfaVerdict::kTooOld : MfaVerdict::kGood;
}

}  // namespace kmaas::keyservice
