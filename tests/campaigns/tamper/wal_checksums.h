// The checksums of a WAL, which anybody can compute.
#pragma once

#include <cstddef>
#include <string>

namespace kmaas::campaigns {

inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kWalHeaderBytes = 32;
inline constexpr std::size_t kWalFrameBytes = 24 + kPageBytes;

// `wal` with the checksums of every frame made to fit it, as whoever edits a WAL makes them: SQLite
// passes over a frame whose checksum does not fit, and all behind it. (SQLite, "WAL file format".)
std::string WithChecksums(std::string wal);

}  // namespace kmaas::campaigns
