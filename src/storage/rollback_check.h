// Whether a database is the newest that the service had: its head against what the token and the
// audit trail remember.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "ports/store_head.h"

namespace kmaas::storage {

// What the audit trail remembers of a head, and where.
struct TrailAnchor {
  ports::StoreHead head;
  std::string time;   // of the record, ISO 8601
  std::string place;  // "audit-0000000000000001.jsonl record 17"
};

struct Evidence {
  std::optional<ports::StoreHead> database;  // none: a schema of before there were heads
  std::optional<ports::StoreHead> token;     // verified
  bool token_unreadable = false;             // it has anchors, and none verifies
  std::optional<TrailAnchor> trail;          // the newest
  std::optional<WallTime> anchored_since;    // as the database says
};

enum class Standing {
  kNewest,      // nobody remembers a later head
  kFirstTime,   // nobody remembers any, and the database never had an anchor
  kRolledBack,  // somebody remembers a later one
  kForked,      // somebody remembers another one of the same epoch
  kUnanchored,  // the database has had an anchor, and the token has none that can be believed
};
std::string_view StandingName(Standing standing);  // "rolled back"

// kNewest and kFirstTime may be served. The worst that any witness says counts.
Standing Judge(const Evidence& evidence);
inline bool MayServe(Standing standing) {
  return standing == Standing::kNewest || standing == Standing::kFirstTime;
}

// The greatest epoch that any witness or the database has.
std::uint64_t HighestEpoch(const Evidence& evidence);
// What was found, one witness a line, for operators; the second, with what the database itself says
// of its anchors.
std::string DescribeWitnesses(const Evidence& evidence);
std::string Describe(const Evidence& evidence);
// The error with which a start is refused, or nothing; raises the integrity alarm in the log.
// `database` is its path.
Result<void> RefuseUnlessNewest(const Evidence& evidence, const std::string& database);

}  // namespace kmaas::storage
