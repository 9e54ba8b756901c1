#include "storage/rollback_check.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/log.h"

namespace kmaas::storage {
namespace {

using ports::StoreHead;

std::string Text(const StoreHead& head) {
  return "epoch " + std::to_string(head.epoch) + ", " + std::to_string(head.rows) +
         " rows, digest " + HexEncode(head.digest).substr(0, 16);
}

// A database without a head is older than every anchor.
Standing Compare(const std::optional<StoreHead>& database, const StoreHead& remembered) {
  if (!database || remembered.epoch > database->epoch) return Standing::kRolledBack;
  if (remembered.epoch == database->epoch && remembered != *database) return Standing::kForked;
  return Standing::kNewest;
}

std::string Explanation(Standing standing) {
  switch (standing) {
    case Standing::kRolledBack:
      return "An older copy of the database was put in the place of a newer one.";
    case Standing::kForked:
      return "The database went on from an older copy: it is not the one that was anchored.";
    case Standing::kUnanchored:
      return "The token has lost the anchor of the database, or another token was put in its "
             "place: whether the database is the newest cannot be told.";
    case Standing::kNewest:
    case Standing::kFirstTime:
      break;
  }
  return "";
}

}  // namespace

std::string_view StandingName(Standing standing) {
  switch (standing) {
    case Standing::kNewest:
      return "newest";
    case Standing::kFirstTime:
      return "never anchored";
    case Standing::kRolledBack:
      return "rolled back";
    case Standing::kForked:
      return "forked";
    case Standing::kUnanchored:
      return "anchor missing";
  }
  return "";
}

Standing Judge(const Evidence& evidence) {
  Standing by_token = Standing::kNewest;
  Standing by_trail = Standing::kNewest;
  if (evidence.token) by_token = Compare(evidence.database, *evidence.token);
  if (evidence.trail) by_trail = Compare(evidence.database, evidence.trail->head);
  for (const Standing worst : {Standing::kRolledBack, Standing::kForked})
    if (by_token == worst || by_trail == worst) return worst;
  if (evidence.token_unreadable) return Standing::kUnanchored;
  if (evidence.token) return Standing::kNewest;
  // The trail alone is no proof that there was no later one: it can be cut off.
  return evidence.trail || evidence.anchored_since ? Standing::kUnanchored : Standing::kFirstTime;
}

std::uint64_t HighestEpoch(const Evidence& evidence) {
  std::uint64_t highest = evidence.database ? evidence.database->epoch : 0;
  if (evidence.token) highest = std::max(highest, evidence.token->epoch);
  if (evidence.trail) highest = std::max(highest, evidence.trail->head.epoch);
  return highest;
}

std::string DescribeWitnesses(const Evidence& evidence) {
  std::string text = "  database     ";
  text += evidence.database ? Text(*evidence.database) : "no head: of an older version of kmaas";
  text += "\n  token        ";
  if (evidence.token) {
    text += Text(*evidence.token);
  } else {
    text += evidence.token_unreadable ? "anchors that do not verify" : "no anchor";
  }
  text += "\n  audit trail  ";
  if (evidence.trail) {
    text += Text(evidence.trail->head) + ", recorded " + evidence.trail->time + " in " +
            evidence.trail->place;
  } else {
    text += "no anchor";
  }
  return text;
}

std::string Describe(const Evidence& evidence) {
  std::string text = DescribeWitnesses(evidence) + "\n  anchored     ";
  text += evidence.anchored_since ? "since " + FormatIso8601(*evidence.anchored_since)
                                  : "never, says the database";
  return text;
}

Result<void> RefuseUnlessNewest(const Evidence& evidence, const std::string& database) {
  const Standing standing = Judge(evidence);
  if (MayServe(standing)) return {};
  const auto epoch = [](const auto& head) { return head ? head->epoch : 0; };
  log::Error("integrity_alarm",
             {{"what", "the database is not the newest"},
              {"standing", StandingName(standing)},
              {"database", database},
              {"database_epoch", epoch(evidence.database)},
              {"token_epoch", epoch(evidence.token)},
              {"trail_epoch", evidence.trail ? evidence.trail->head.epoch : 0},
              {"trail_record", evidence.trail ? evidence.trail->place : std::string()}});
  return Error{ErrorCode::kKmsInternal,
               database + ": integrity alarm: " + std::string(StandingName(standing)) + ". " +
                   Explanation(standing) + "\n" + Describe(evidence) +
                   "\nNothing was changed. Put the newest database back; when there is none, two "
                   "persons can accept this one with `kmaas restore` (docs/runbooks.md)."};
}

}  // namespace kmaas::storage
