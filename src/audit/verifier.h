// Reads a whole trail, without the server, and names every place where it is not as it was written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/digest.h"

namespace kmaas::audit {

enum class FindingKind {
  kChanged,     // the event, or its hash, is not what was written
  kGap,         // records are missing before this one
  kReordered,   // stands before one that it followed
  kFork,        // a second record with a number that has been used
  kCutOff,      // a file does not continue where the one before it ended, or the first does not
                // begin at 1
  kMisnamed,    // the file's name is not its first number
  kUnreadable,  // not a line of a trail
  kTorn,        // an incomplete last line: a crash, or a cut
};
std::string_view FindingName(FindingKind kind);  // "changed", "gap" ...

struct Finding {
  FindingKind kind;
  std::string file;
  std::uint64_t line = 0;      // from 1
  std::uint64_t sequence = 0;  // as the line claims; 0 when it cannot be read
  std::string what;            // one sentence
};

// What the chain's end proves is only as good as what it is compared with: whoever can write the
// files can recompute hashes, or drop the newest records, so `sequence` and `head` are to be
// compared with a seal.
struct VerifyReport {
  std::uint64_t files = 0;
  std::uint64_t records = 0;
  std::uint64_t first_sequence = 0;  // 0: no record
  std::uint64_t last_sequence = 0;
  crypto::Sha256Digest head{};  // hash of the last record
  std::vector<Finding> findings;

  bool intact() const { return findings.empty(); }
};

// Reading continues after a finding. Fails only when the directory or a file cannot be read.
Result<VerifyReport> VerifyTrail(const std::string& directory);

}  // namespace kmaas::audit
