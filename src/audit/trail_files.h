// The files of a trail and of its seals: their names, their order, and reading them line by line.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kmaas::audit {

struct TrailFile {
  std::string path;
  std::string name;
  std::uint64_t first_sequence = 0;  // as the name says; of a file of seals, its first number
};

// "audit-0000000000000001.jsonl" and "seals-0000000000000001.jsonl"
std::string TrailFileName(std::uint64_t first_sequence);
std::string SealFileName(std::uint64_t first_number);
// In order of their first numbers. Other names are passed over.
Result<std::vector<TrailFile>> ListTrailFiles(const std::string& directory);
Result<std::vector<TrailFile>> ListSealFiles(const std::string& directory);

// One line as it stands in a file, without its newline.
struct RawLine {
  std::string_view text;  // until the next line is read
  std::uint64_t number = 0;
  std::uint64_t start = 0;  // offset in the file
  bool is_whole = true;     // false: no newline ends it
};

// Whether it has a byte that no line has: a sector of an end that grew and was not written when the
// power failed. Whatever stands behind it was not flushed either.
bool WasNeverWritten(const RawLine& line);

// Calls `each` for every line. Fails when the file cannot be read.
Result<void> ReadLines(const std::string& path, const std::function<void(const RawLine&)>& each);

}  // namespace kmaas::audit
