// The campaigns against the store. Each edits, asks, takes back, and counts.
#pragma once

#include "tests/campaigns/tamper/world.h"

namespace kmaas::campaigns {

// Rows edited while a store stands open, and while it does not.
Tally EditWhileOpen(World& world, std::uint64_t edits, std::uint64_t seed);
Tally EditWhileClosed(World& world, std::uint64_t edits, std::uint64_t seed);
// `bits` of every page of the file, each flipped alone.
Tally FlipPages(World& world, unsigned bits, std::uint64_t seed);
// And of every frame of a WAL that makes the newest rows of older ones. SQLite takes no frame whose
// checksum is wrong, nor any after it, unless whoever edits the WAL makes them fit.
enum class Checksums { kAsWritten, kMadeToFit };
Tally FlipWalFrames(World& world, Checksums checksums, unsigned bits, std::uint64_t seed);
// The wrapped material of every key in the place of every other's.
Tally MoveBlobs(World& world);
// A whole database set back to each of `states` earlier ones, and a fork of the newest.
Tally RollBack(std::uint64_t states);

}  // namespace kmaas::campaigns
