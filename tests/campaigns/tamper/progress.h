// That a long campaign lives, and how far it is.
#pragma once

#include "tests/campaigns/tamper/world.h"

namespace kmaas::campaigns {

// A line on standard output when half a minute has passed since the last one. One thread calls it.
void ShowProgress(const Tally& tally);

}  // namespace kmaas::campaigns
