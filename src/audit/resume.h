// Opening a trail that may exist: checks its newest files and finds where it ends.
#pragma once

#include <string>

#include "audit/chain_writer.h"
#include "audit/recent_events.h"

namespace kmaas::audit {

// How many of the newest write events are remembered, and the least number of records checked.
inline constexpr std::size_t kRecentEventsMax = 10'000;

struct ResumedTrail {
  TrailState state;
  RecentEvents recent{kRecentEventsMax};
};

// Refuses a chain that is broken in the newest file or the one before it; the verifier reads the
// rest. Moves a torn last line to a file beside, and likewise what stands from
// a line on that was never written.
Result<ResumedTrail> ResumeTrail(const std::string& directory, const FileCalls& calls);

}  // namespace kmaas::audit
