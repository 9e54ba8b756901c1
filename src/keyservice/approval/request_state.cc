#include "keyservice/approval/request_state.h"

#include <array>

namespace kmaas::keyservice {
namespace {

using Next = std::optional<RequestState>;
constexpr std::size_t kStates = domain::kCount<RequestState>;
constexpr std::size_t kEvents = domain::kCount<RequestEvent>;
constexpr Next kNo = std::nullopt;
constexpr Next kWait = RequestState::kWaiting;
constexpr Next kAppr = RequestState::kApproved;
constexpr Next kMake = RequestState::kMaking;
constexpr Next kDone = RequestState::kMade;
constexpr Next kRefu = RequestState::kRefused;
constexpr Next kLaps = RequestState::kLapsed;
constexpr Next kWith = RequestState::kWithdrawn;

// Columns: rules held, rules broken, approved, denied, content changed, time ran out, withdrawn,
// making begun, making failed, keys made.
constexpr std::array<std::array<Next, kEvents>, kStates> kTable = {{
    /* SUBMITTED */ {kWait, kRefu, kNo, kNo, kNo, kLaps, kWith, kNo, kNo, kNo},
    /* WAITING   */ {kNo, kRefu, kAppr, kRefu, kWait, kLaps, kWith, kNo, kNo, kNo},
    /* APPROVED  */ {kNo, kRefu, kNo, kRefu, kWait, kLaps, kWith, kMake, kNo, kNo},
    /* MAKING    */ {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kAppr, kDone},
    /* MADE      */ {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo},
    /* REFUSED   */ {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo},
    /* LAPSED    */ {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo},
    /* WITHDRAWN */ {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo},
}};

}  // namespace

std::string_view ToText(RequestState state) {
  switch (state) {
    case RequestState::kSubmitted:
      return "SUBMITTED";
    case RequestState::kWaiting:
      return "WAITING";
    case RequestState::kApproved:
      return "APPROVED";
    case RequestState::kMaking:
      return "MAKING";
    case RequestState::kMade:
      return "MADE";
    case RequestState::kRefused:
      return "REFUSED";
    case RequestState::kLapsed:
      return "LAPSED";
    case RequestState::kWithdrawn:
      return "WITHDRAWN";
  }
  return {};
}

std::optional<RequestState> After(RequestState state, RequestEvent event) {
  return kTable[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

bool IsFinal(RequestState state) { return state >= RequestState::kMade; }

}  // namespace kmaas::keyservice
