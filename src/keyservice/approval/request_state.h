// The states of a request, and what each event makes of them.
#pragma once

#include <optional>
#include <string_view>

#include "domain/enumeration.h"

namespace kmaas::keyservice {

enum class RequestState {
  kSubmitted,  // received; its rules are not judged yet
  kWaiting,    // for approvals
  kApproved,
  kMaking,
  kMade,
  kRefused,
  kLapsed,
  kWithdrawn,
};
enum class RequestEvent {
  kRulesHeld,
  kRulesBroken,
  kApproved,        // the last approval that was wanted
  kDenied,          // by an approver
  kContentChanged,  // what would be made is not what was approved: approvals are void
  kTimeRanOut,
  kWithdrawn,  // by the requester
  kMakingBegun,
  kMakingFailed,  // nothing is left of it; it may be tried again
  kKeysMade,
};
std::string_view ToText(RequestState state);  // "SUBMITTED"

// The state after the event; nothing when the event cannot happen there, and then nothing changes.
// What is being made cannot be withdrawn, denied or lapse: it is made whole or not at all.
std::optional<RequestState> After(RequestState state, RequestEvent event);
bool IsFinal(RequestState state);

}  // namespace kmaas::keyservice

namespace kmaas::domain {

template <>
inline constexpr auto kCount<keyservice::RequestState> =
    CountTo(keyservice::RequestState::kWithdrawn);
template <>
inline constexpr auto kCount<keyservice::RequestEvent> =
    CountTo(keyservice::RequestEvent::kKeysMade);

}  // namespace kmaas::domain
