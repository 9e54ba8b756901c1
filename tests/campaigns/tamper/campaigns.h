// The campaigns against the store. Each edits, asks, takes back, and counts.
#pragma once

#include "tests/campaigns/tamper/world.h"

namespace kmaas::campaigns {

// Rows edited while a store stands open, and while it does not.
Tally EditWhileOpen(World& world, std::uint64_t edits, std::uint64_t seed);
Tally EditWhileClosed(World& world, std::uint64_t edits, std::uint64_t seed);
// `bits` of every page of the file, and of every frame of a WAL, each flipped alone; the checksums
// of the WAL are made to fit.
Tally FlipPages(World& world, unsigned bits, std::uint64_t seed);
Tally FlipWalFrames(World& world, unsigned bits, std::uint64_t seed);
// The wrapped material of every key in the place of every other's.
Tally MoveBlobs(World& world);
// A whole database set back to each of `states` earlier ones, and a fork of the newest.
Tally RollBack(std::uint64_t states);

}  // namespace kmaas::campaigns
