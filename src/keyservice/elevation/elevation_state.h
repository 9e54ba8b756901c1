// The states of an elevation, and what each event makes of them.
#pragma once

#include <optional>
#include <string_view>

#include "domain/enumeration.h"

namespace kmaas::keyservice {

enum class ElevationState { kRequested, kApproved, kActive, kEnded, kReviewed, kDenied, kLapsed };
enum class ElevationEvent {
  kApproved,  // the last approval that was wanted
  kDenied,
  kTimeRanOut,  // of the request, of the approval, of the time box
  kActivated,
  kClosed,   // by who has it
  kRevoked,  // by others; also when the person leaves or loses eligibility
  kReviewed,
};
std::string_view ToText(ElevationState state);  // "REQUESTED"

// The state after the event; nothing when the event cannot happen there.
std::optional<ElevationState> After(ElevationState state, ElevationEvent event);

}  // namespace kmaas::keyservice

namespace kmaas::domain {

template <>
inline constexpr auto kCount<keyservice::ElevationState> =
    CountTo(keyservice::ElevationState::kLapsed);
template <>
inline constexpr auto kCount<keyservice::ElevationEvent> =
    CountTo(keyservice::ElevationEvent::kReviewed);

}  // namespace kmaas::domain
