// Reads what FormatIso8601 (base/clock.h) writes.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace kmaas {

// "2026-11-24T12:00:00Z"; nothing for another form, a day that there is not, or a time that a
// WallTime cannot be.
std::optional<WallTime> ParseIso8601(std::string_view text);

}  // namespace kmaas
