#include "keyservice/elevation/elevation_state.h"

#include <array>

namespace kmaas::keyservice {
namespace {

using Next = std::optional<ElevationState>;
constexpr Next kNo = std::nullopt;
constexpr Next kAppr = ElevationState::kApproved;
constexpr Next kActi = ElevationState::kActive;
constexpr Next kEnde = ElevationState::kEnded;
constexpr Next kRevi = ElevationState::kReviewed;
constexpr Next kDeni = ElevationState::kDenied;
constexpr Next kLaps = ElevationState::kLapsed;

// Columns: approved, denied, time ran out, activated, closed, revoked, reviewed.
constexpr std::array<std::array<Next, domain::kCount<ElevationEvent>>,
                     domain::kCount<ElevationState>>
    kTable = {{
        /* REQUESTED */ {kAppr, kDeni, kLaps, kNo, kLaps, kDeni, kNo},
        /* APPROVED  */ {kNo, kDeni, kLaps, kActi, kLaps, kDeni, kNo},
        /* ACTIVE    */ {kNo, kNo, kEnde, kNo, kEnde, kEnde, kNo},
        /* ENDED     */ {kNo, kNo, kNo, kNo, kNo, kNo, kRevi},
        /* REVIEWED  */ {kNo, kNo, kNo, kNo, kNo, kNo, kNo},
        /* DENIED    */ {kNo, kNo, kNo, kNo, kNo, kNo, kNo},
        /* LAPSED    */ {kNo, kNo, kNo, kNo, kNo, kNo, kNo},
    }};

}  // namespace

std::string_view ToText(ElevationState state) {
  switch (state) {
    case ElevationState::kRequested:
      return "REQUESTED";
    case ElevationState::kApproved:
      return "APPROVED";
    case ElevationState::kActive:
      return "ACTIVE";
    case ElevationState::kEnded:
      return "ENDED";
    case ElevationState::kReviewed:
      return "REVIEWED";
    case ElevationState::kDenied:
      return "DENIED";
    case ElevationState::kLapsed:
      return "LAPSED";
  }
  return {};
}

std::optional<ElevationState> After(ElevationState state, ElevationEvent event) {
  return kTable[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

}  // namespace kmaas::keyservice
