#include "keyservice/elevation/elevation.h"

#include <algorithm>

#include "base/encoding.h"
#include "keyservice/elevation/tag_names.h"

namespace kmaas::keyservice {
namespace {

Error Denied(std::string message) { return {ErrorCode::kAccessDenied, std::move(message)}; }
Error Invalid(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

const Eligibility* Find(const std::vector<Eligibility>& all, const Elevation& elevation,
                        WallTime now) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Eligibility& one) {
    return one.person == elevation.person && one.role == elevation.role &&
           one.entity_code == elevation.scope.entity_code && one.given <= now && now < one.expires;
  });
  return found == all.end() ? nullptr : &*found;
}

Result<void> CheckFactor(const std::optional<Mfa>& mfa, const ClassRules& rules, WallTime now) {
  switch (JudgeMfa(mfa, rules, now)) {
    case MfaVerdict::kGood:
      return {};
    case MfaVerdict::kNone:
      return Denied("a second factor is needed; authenticate with one");
    case MfaVerdict::kTooWeak:
      return Denied("a stronger second factor is needed for this class");
    case MfaVerdict::kTooOld:
      return Denied("the second factor is too old; authenticate again");
  }
  return Denied("a second factor is needed; authenticate with one");
}

// Where time ends in each state.
WallTime End(const Elevation& elevation) {
  switch (elevation.state) {
    case ElevationState::kRequested:
      return elevation.requested + kElevationRequestLife;
    case ElevationState::kApproved:
      return elevation.approved + kElevationApprovalLife;
    case ElevationState::kActive:
      return elevation.activated + elevation.span;
    case ElevationState::kEnded:
    case ElevationState::kReviewed:
    case ElevationState::kDenied:
    case ElevationState::kLapsed:
      return WallTime::max();
  }
  return WallTime::min();
}

Result<void> CheckStill(const Elevation& elevation, ElevationState wanted, WallTime now) {
  if (elevation.state != wanted || HasRunOut(elevation, now)) {
    return Error{ErrorCode::kConflict, "the elevation is not " + std::string(ToText(wanted)) +
                                           " (any more); ask for a new one"};
  }
  return {};
}

WallTime WorkingDaysLater(WallTime from, int count) {
  using std::chrono::days;
  WallTime time = from;
  while (count > 0) {
    time += days(1);
    const std::chrono::weekday weekday(std::chrono::floor<days>(time));
    if (weekday != std::chrono::Saturday && weekday != std::chrono::Sunday) --count;
  }
  return time;
}

}  // namespace

Result<void> MayRequest(const Elevation& elevation, const ElevationRules& rules) {
  const ClassRules& of_class = rules.table.Of(elevation.scope.information_class);
  if (Find(rules.eligibilities, elevation, rules.now) == nullptr) {
    return Denied("not eligible for " + std::string(ToText(elevation.role)) + " in " +
                  elevation.scope.entity_code + "; have the access registered first");
  }
  if (!IsUtf8(elevation.reason) || Characters(elevation.reason) < kReasonCharactersMin) {
    return Invalid("a reason of at least 15 characters is needed");
  }
  if (of_class.pam != PamLevel::kAccessOnly && elevation.change_number.empty()) {
    return Invalid("a change number is needed for this class");
  }
  const std::chrono::minutes most(of_class.elevation_minutes_max);
  if (elevation.span < std::chrono::minutes(1) || elevation.span > most) {
    return Invalid("the time must be from 1 to " + std::to_string(most.count()) + " minutes");
  }
  return {};
}

std::uint32_t ApprovalsNeeded(const Elevation& elevation, const ClassTable& table) {
  const ClassRules& rules = table.Of(elevation.scope.information_class);
  const std::uint32_t least = rules.pam == PamLevel::kSecure ? 1 : 0;
  return std::max(rules.approvals_change, least);
}

Result<Elevation> Approve(const Elevation& elevation, const ElevationApproval& approval,
                          const ElevationRules& rules) {
  KM_CHECK(CheckStill(elevation, ElevationState::kRequested, rules.now));
  if (approval.person.empty() || approval.person == elevation.person) {
    return Denied("another person approves an elevation");
  }
  const Elevation approver{.id = {},
                           .person = approval.person,
                           .account = {},
                           .role = Role::kApprover,
                           .scope = elevation.scope,
                           .reason = {},
                           .change_number = {}};
  if (Find(rules.eligibilities, approver, rules.now) == nullptr) {
    return Denied("only an approver of " + elevation.scope.entity_code + " approves this");
  }
  const Eligibility* eligibility = Find(rules.eligibilities, elevation, rules.now);
  if (eligibility == nullptr) return Denied("the requester is not eligible any more");
  if (eligibility->given_by == approval.person &&
      rules.now - eligibility->given < kFreshEligibility) {
    return Denied(
        "who made somebody eligible less than a day ago does not approve it; ask another");
  }
  KM_CHECK(CheckFactor(approval.mfa, rules.table.Of(elevation.scope.information_class), rules.now));
  if (approval.span < std::chrono::minutes(0) || approval.span > elevation.span) {
    return Invalid("an approver may shorten the time, not lengthen it");
  }
  Elevation approved = elevation;
  if (approval.span.count() != 0) approved.span = approval.span;
  return approved;
}

Result<Elevation> Activate(const Elevation& elevation, const std::optional<Mfa>& mfa,
                           const ElevationRules& rules, std::size_t active) {
  KM_CHECK(CheckStill(elevation, ElevationState::kApproved, rules.now));
  if (Find(rules.eligibilities, elevation, rules.now) == nullptr) {
    return Denied("not eligible any more");
  }
  if (active != 0) {
    return Error{ErrorCode::kConflict, "another elevation is active; close it first"};
  }
  KM_CHECK(CheckFactor(mfa, rules.table.Of(elevation.scope.information_class), rules.now));
  Elevation activated = elevation;
  activated.state = ElevationState::kActive;
  activated.activated = rules.now;
  return activated;
}

Result<Elevation> BreakGlass(Elevation elevation, const std::optional<Mfa>& mfa, WallTime now) {
  if (elevation.role == Role::kAuditor) {
    return Denied("break-glass gives no access to the audit trail");
  }
  ClassRules strictest;
  strictest.mfa = MfaStrength::kHardware;
  strictest.mfa_age_seconds_max = 300;
  KM_CHECK(CheckFactor(mfa, strictest, now));
  elevation.break_glass = true;
  elevation.state = ElevationState::kActive;
  elevation.span = std::min(elevation.span, kBreakGlassMax);
  elevation.requested = elevation.approved = elevation.activated = now;
  return elevation;
}

bool HasRunOut(const Elevation& elevation, WallTime now) { return now >= End(elevation); }

WallTime ReviewDue(const Elevation& elevation) {
  if (elevation.break_glass) return WorkingDaysLater(elevation.ended, 1);
  return WorkingDaysLater(elevation.ended, elevation.scope.information_class >= 4 ? 2 : 5);
}

Result<Elevation> Review(const Elevation& elevation, std::string_view reviewer) {
  if (elevation.state != ElevationState::kEnded) {
    return Error{ErrorCode::kConflict, "only an elevation that has ended is reviewed"};
  }
  if (reviewer.empty() || reviewer == elevation.person) {
    return Denied("another person reviews an elevation");
  }
  Elevation reviewed = elevation;
  reviewed.state = ElevationState::kReviewed;
  return reviewed;
}

std::vector<std::pair<std::string, std::string>> SessionTags(const Elevation& elevation) {
  if (elevation.state != ElevationState::kActive) return {};
  return {{std::string(kElevationIdTag), elevation.id},
          {std::string(kElevationRoleTag), std::string(ToText(elevation.role))},
          {std::string(kElevationEntityTag), elevation.scope.entity_code},
          {std::string(kElevationChangeTag), elevation.change_number}};
}

}  // namespace kmaas::keyservice
