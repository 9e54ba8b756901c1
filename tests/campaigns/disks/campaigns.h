// The two campaigns: power that fails, and calls that fail.
#pragma once

#include <cstdint>

#include "tests/campaigns/disks/machine.h"
#include "tests/campaigns/disks/tally.h"

namespace kmaas::campaigns {

// Plays `operations` of the script, then puts the files together as they stand when the power fails
// at moments all over the script, `images` times: what was flushed is there; of what was not, all,
// nothing, or any sectors of any writes in any order. Each is opened and looked at.
Tally FailPower(std::uint64_t images, std::size_t operations, std::uint64_t seed);

// Plays `operations` of the script with the n-th call of the disk failing, for n = first, first +
// step ... until one run passes untouched. After a fault that lasts the disk heals some operations
// later. The service has to go on without a restart, and then to be opened again.
Tally FailCalls(Trouble trouble, bool lasting, std::uint64_t first, std::uint64_t step,
                std::size_t operations);

}  // namespace kmaas::campaigns
