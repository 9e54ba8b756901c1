// What a verifier says: a place, and what is wrong or worth knowing there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kmaas::audit {

enum class FindingKind {
  kChanged,       // the event, or its hash, is not what was written; a seal that is not as signed
  kGap,           // records, or seals, are missing before this one
  kReordered,     // stands before one that it followed
  kFork,          // a second record, or seal, with a number that has been used
  kCutOff,        // a file does not continue where the one before it ended, or the first does not
                  // begin where it should, or sealed records are missing at the end
  kMisnamed,      // the file's name is not its first number
  kUnreadable,    // not a line of a trail, nor of its seals
  kTorn,          // an incomplete last line: a crash, or a cut
  kRewritten,     // records whose hashes fit each other, and are not those that were sealed
  kBadSignature,  // the audit key did not sign this seal
  kUnknownKey,    // signed by a key that was not given
};
std::string_view FindingName(FindingKind kind);  // "changed", "gap" ...

struct Finding {
  FindingKind kind;
  std::string file;
  std::uint64_t line = 0;      // from 1
  std::uint64_t sequence = 0;  // of the record or the seal, as the line claims; 0: cannot be read
  std::string what;            // one sentence
};

// No change, but what an auditor asks about: a time without seals, records that none covers yet.
struct Remark {
  std::string file;
  std::uint64_t line = 0;
  std::string what;
};

// "record 7", "records 7 to 9"
std::string Numbers(std::string_view noun, std::uint64_t first, std::uint64_t last);

}  // namespace kmaas::audit
