// Privileged access for a time: what is asked, who may approve it, and what its session carries.
#pragma once

#include <vector>

#include "keyservice/approval/mfa.h"
#include "keyservice/classes/class_table.h"
#include "keyservice/elevation/elevation_state.h"
#include "keyservice/elevation/role.h"

namespace kmaas::keyservice {

inline constexpr std::chrono::hours kElevationRequestLife{4};   // unanswered
inline constexpr std::chrono::hours kElevationApprovalLife{4};  // unused
inline constexpr std::chrono::hours kFreshEligibility{24};      // its maker may not approve
inline constexpr std::chrono::minutes kBreakGlassMax{30};
inline constexpr std::size_t kReasonCharactersMin = 15;

struct ElevationScope {
  std::string entity_code;            // one; a session has one tag for it
  int information_class = kClassMin;  // the highest of the keys that are meant
};

struct Elevation {
  std::string id;
  std::string person;
  std::string account;
  Role role = Role::kKeyManager;
  ElevationScope scope;
  std::string reason;
  std::string change_number;
  std::chrono::minutes span{60};
  bool break_glass = false;
  WallTime requested{};
  WallTime approved{};  // when the last approval came
  WallTime activated{};
  WallTime ended{};
  ElevationState state = ElevationState::kRequested;
};

// That a person may ask for a role; given by somebody, at some time.
struct Eligibility {
  std::string person;
  Role role = Role::kKeyManager;
  std::string entity_code;
  std::string given_by;  // person
  WallTime given{};
  WallTime expires{};
};

struct ElevationRules {
  const ClassTable& table;
  const std::vector<Eligibility>& eligibilities;
  WallTime now;
};

// What was wrong is said in the error: kAccessDenied without eligibility, kValidation for a reason
// that is too short, a change number that is missing or a span beyond the class's.
Result<void> MayRequest(const Elevation& elevation, const ElevationRules& rules);

struct ElevationApproval {
  std::string person;
  std::optional<Mfa> mfa;
  std::chrono::minutes span{0};  // shorter than asked; 0: as asked
};
// By another, who is an approver for the entity, did not give the eligibility within a day, and
// shows a fresh factor. The result is the elevation, its span perhaps shortened; never lengthened.
// Several approvals are given one after the other; state changes with the last one.
Result<Elevation> Approve(const Elevation& elevation, const ElevationApproval& approval,
                          const ElevationRules& rules);
// How many persons: those that a change of policy takes; at the level SA at least one.
std::uint32_t ApprovalsNeeded(const Elevation& elevation, const ClassTable& table);

// With a fresh factor, and no other active elevation of that person (`active`: by all accounts).
Result<Elevation> Activate(const Elevation& elevation, const std::optional<Mfa>& mfa,
                           const ElevationRules& rules, std::size_t active);
// A sealed account opens itself: at once, for at most 30 minutes, with a hardware factor; never as
// auditor. An alarm and a review are its price.
Result<Elevation> BreakGlass(Elevation elevation, const std::optional<Mfa>& mfa, WallTime now);

// Whether time ends the state that the elevation is in at `now`. A call at the very end is too
// late.
bool HasRunOut(const Elevation& elevation, WallTime now);
// By when somebody else reviews it: 5 working days, class 4 and higher 2, break-glass 1.
WallTime ReviewDue(const Elevation& elevation);
// By somebody else, of what has ended.
Result<Elevation> Review(const Elevation& elevation, std::string_view reviewer);

// Tags of the session that an active elevation is; none of another one.
std::vector<std::pair<std::string, std::string>> SessionTags(const Elevation& elevation);

}  // namespace kmaas::keyservice
