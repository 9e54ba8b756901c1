// How far a destination has confirmed the trail, kept in a file of its own.
#pragma once

#include <functional>
#include <string>

#include "audit/chain.h"
#include "base/clock.h"
#include "base/result.h"

namespace kmaas::siem {

struct Cursor {
  audit::ChainHead head{};  // of the last confirmed record; number 0: none
  std::uint64_t seal = 0;   // the last confirmed one; 0: none
  WallTime at{};            // when this was written
  std::string error;        // of the delivery that failed last; empty: none since the last success
};

// Writes a file whole: to a file beside it, flushed, renamed over it, the directory flushed.
using WriteWhole = std::function<Result<void>(const std::string& path, const std::string& text)>;
Result<void> WriteWholeFile(const std::string& path, const std::string& text);

std::string CursorFile(const std::string& directory, const std::string& destination);

std::string ToText(const Cursor& cursor);
// Strict: anything but what ToText writes, or wrote before there were seals in it, is refused.
Result<Cursor> ParseCursor(const std::string& text, const std::string& path);
// No file: a cursor before the first record.
Result<Cursor> LoadCursor(const std::string& path);

}  // namespace kmaas::siem
