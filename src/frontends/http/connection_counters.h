// What a server counts about its connections.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kmaas::http {

enum class Phase : std::uint8_t { kHandshake, kIdle, kReading, kHandling, kWriting, kLingering };
inline constexpr std::size_t kPhases = 6;
std::string_view ToText(Phase phase);  // "handshake"

// A snapshot; totals are since the start.
struct ConnectionCounters {
  std::array<std::size_t, kPhases> open{};
  std::array<std::uint64_t, kPhases> too_slow{};  // ended, because a phase took too long
  std::uint64_t refused_full = 0;                 // closed at once: all places were taken
  std::uint64_t refused_per_address = 0;          // likewise: those of their address were
  std::uint64_t displaced = 0;  // ended for a new one: rested, and there was no room
};

}  // namespace kmaas::http
