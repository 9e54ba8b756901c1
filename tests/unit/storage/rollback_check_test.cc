// Goal: the table of verdicts, every cell: what the database says × the token × the trail × whether
// there ever was an anchor.
#include "storage/rollback_check.h"

#include <gtest/gtest.h>

namespace kmaas::storage {
namespace {

ports::StoreHead HeadOf(std::uint64_t epoch, std::uint8_t digest = 1) {
  ports::StoreHead head{epoch, 10, {}};
  head.digest.fill(digest);
  return head;
}

// A witness beside the database, which is at epoch 5.
enum class Says { kNothing, kEarlier, kSame, kOtherOfTheSame, kLater };
constexpr Says kAll[] = {Says::kNothing, Says::kEarlier, Says::kSame, Says::kOtherOfTheSame,
                         Says::kLater};

std::optional<ports::StoreHead> Head(Says says) {
  switch (says) {
    case Says::kNothing:
      return std::nullopt;
    case Says::kEarlier:
      return HeadOf(4);
    case Says::kSame:
      return HeadOf(5);
    case Says::kOtherOfTheSame:
      return HeadOf(5, 2);
    case Says::kLater:
      return HeadOf(6);
  }
  return std::nullopt;
}

Evidence EvidenceOf(Says token, Says trail, bool had_anchor) {
  Evidence evidence;
  evidence.database = HeadOf(5);
  evidence.token = Head(token);
  if (const auto head = Head(trail))
    evidence.trail = TrailAnchor{*head, "2026-11-24T12:00:00Z", "audit-1 record 3"};
  if (had_anchor) evidence.anchored_since = WallTime();
  return evidence;
}

Standing Expected(Says token, Says trail, bool had_anchor) {
  if (token == Says::kLater || trail == Says::kLater) return Standing::kRolledBack;
  if (token == Says::kOtherOfTheSame || trail == Says::kOtherOfTheSame) return Standing::kForked;
  if (token != Says::kNothing) return Standing::kNewest;
  if (trail != Says::kNothing || had_anchor) return Standing::kUnanchored;
  return Standing::kFirstTime;
}

TEST(RollbackCheck, JudgesEveryCellOfTheTable) {
  for (const Says token : kAll)
    for (const Says trail : kAll)
      for (const bool had_anchor : {false, true}) {
        const Evidence evidence = EvidenceOf(token, trail, had_anchor);
        EXPECT_EQ(Judge(evidence), Expected(token, trail, had_anchor)) << Describe(evidence);
        EXPECT_EQ(RefuseUnlessNewest(evidence, "kmaas.db").has_value(), MayServe(Judge(evidence)));
      }
}

TEST(RollbackCheck, TakesADatabaseWithoutAHeadForOlderThanEveryAnchor) {
  for (const Says token : kAll)
    for (const Says trail : kAll) {
      Evidence evidence = EvidenceOf(token, trail, false);
      evidence.database.reset();
      const bool is_known = token != Says::kNothing || trail != Says::kNothing;
      EXPECT_EQ(Judge(evidence), is_known ? Standing::kRolledBack : Standing::kFirstTime);
    }
}

TEST(RollbackCheck, NeverTakesAnUnreadableAnchorForNone) {
  for (const Says trail : kAll)
    for (const bool had_anchor : {false, true}) {
      Evidence evidence = EvidenceOf(Says::kNothing, trail, had_anchor);
      evidence.token_unreadable = true;
      EXPECT_FALSE(MayServe(Judge(evidence)));
    }
}

TEST(RollbackCheck, SaysWhatWasFoundAndWhatToDo) {
  const Evidence evidence = EvidenceOf(Says::kEarlier, Says::kLater, true);
  const auto refused = RefuseUnlessNewest(evidence, "/var/lib/kmaas/kmaas.db");
  ASSERT_FALSE(refused);
  for (const char* part : {"/var/lib/kmaas/kmaas.db", "rolled back", "epoch 5", "epoch 4",
                           "epoch 6", "audit-1 record 3", "2026-11-24T12:00:00Z", "kmaas restore"})
    EXPECT_NE(refused.error().message.find(part), std::string::npos) << part;
}

TEST(RollbackCheck, KnowsTheHighestEpochOfAllWitnesses) {
  EXPECT_EQ(HighestEpoch(EvidenceOf(Says::kEarlier, Says::kNothing, false)), 5U);
  EXPECT_EQ(HighestEpoch(EvidenceOf(Says::kEarlier, Says::kLater, false)), 6U);
  EXPECT_EQ(HighestEpoch(EvidenceOf(Says::kLater, Says::kSame, false)), 6U);
  EXPECT_EQ(HighestEpoch({}), 0U);
}

}  // namespace
}  // namespace kmaas::storage
