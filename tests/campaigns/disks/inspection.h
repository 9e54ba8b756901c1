// Looks at what a fault has left, as a service that starts and its callers do.
#pragma once

#include "tests/campaigns/disks/script.h"
#include "tests/campaigns/disks/tally.h"

namespace kmaas::campaigns {

// Opens the files of `machine` as a server of the same disk, compares it with what `script` allows
// at `moment`, ends it, and reads the trail. Counts as one trial; `name` is said in notes.
void Inspect(Machine& machine, const Server::Disk& disk, const Script& script, std::uint64_t moment,
             const std::string& name, Tally& tally);

// A service that runs, in the same way.
void InspectRunning(Server& server, const Script& script, std::uint64_t moment,
                    const std::string& name, Tally& tally);

}  // namespace kmaas::campaigns
