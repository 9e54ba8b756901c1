// Goal: every token that is up remembers the newest head; one that comes back is brought up to date
// before it counts, and one that knows more is an alarm.
#include "hsm/group_anchor.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/fakes/memory_anchor.h"

namespace kmaas::hsm {
namespace {

using ports::StoreHead;

StoreHead Head(std::uint64_t epoch, std::uint8_t digest = 1) {
  StoreHead head{.epoch = epoch, .rows = 3};
  head.digest.fill(digest);
  return head;
}

// Three tokens, the last of which is reached in two ways.
class GroupAnchors : public testing::Test {
 protected:
  std::vector<AnchorHolder> Holders() {
    return {Holder("a", "a", 0, tokens_[0]), Holder("b", "b", 1, tokens_[1]),
            Holder("c", "c", 2, tokens_[2]), Holder("c2", "c", 3, tokens_[2])};
  }
  AnchorHolder Holder(std::string name, std::string token, std::size_t index,
                      fakes::MemoryAnchor& anchor) {
    return {std::move(name), std::move(token), [this, index] { return up_.at(index); },
            [&anchor]() -> ports::TokenAnchor* { return &anchor; },
            [this, index](const Error& /*failure*/) { up_.at(index) = false; }};
  }
  Result<void> Write(const StoreHead& head) { return group_.WriteAnchor(head, Deadline::Never()); }
  Result<void> Join(std::size_t index) {
    return group_.Join(index, Deadline::Never(), [this, index] { up_.at(index) = true; });
  }

  std::array<bool, 4> up_{true, true, true, true};
  std::array<fakes::MemoryAnchor, 3> tokens_;
  GroupAnchor group_{Holders()};
};

TEST_F(GroupAnchors, AreWrittenToEveryTokenThatIsUpOnceEach) {
  ASSERT_TRUE(Write(Head(7)));
  for (const fakes::MemoryAnchor& token : tokens_) {
    EXPECT_EQ(token.head(), Head(7));
    EXPECT_EQ(token.writes(), 1);
  }
}

TEST_F(GroupAnchors, AreReadAsTheHighest) {
  ASSERT_TRUE(Write(Head(7)));
  up_[0] = false;
  ASSERT_TRUE(Write(Head(8)));
  up_[0] = true;
  EXPECT_EQ(*group_.ReadAnchor(Deadline::Never()), Head(8));
}

TEST_F(GroupAnchors, PutOutATokenThatDoesNotTakeThem) {
  tokens_[1].Fail(true);
  EXPECT_TRUE(Write(Head(7)));
  EXPECT_FALSE(up_[1]);
  EXPECT_EQ(tokens_[0].head(), Head(7));
}

TEST_F(GroupAnchors, FailWhenNoTokenTakesThem) {
  for (fakes::MemoryAnchor& token : tokens_) token.Fail(true);
  EXPECT_FALSE(Write(Head(7)));
  up_ = {false, false, false, false};
  EXPECT_EQ(Write(Head(7)).error().code, ErrorCode::kDependencyTimeout);
}

TEST_F(GroupAnchors, BringATokenUpToDateBeforeItCounts) {
  up_[1] = false;
  ASSERT_TRUE(Write(Head(9)));
  tokens_[1].Fail(true);
  EXPECT_FALSE(Join(1));
  EXPECT_FALSE(up_[1]);
  tokens_[1].Fail(false);
  ASSERT_TRUE(Join(1));
  EXPECT_TRUE(up_[1]);
  EXPECT_EQ(tokens_[1].head(), Head(9));
  EXPECT_EQ(group_.counters().caught_up, 1U);
}

TEST_F(GroupAnchors, RefuseATokenThatIsAheadAndThenAnchorNothing) {
  up_[1] = false;
  ASSERT_TRUE(Write(Head(9)));
  ASSERT_TRUE(tokens_[1].WriteAnchor(Head(10), Deadline::Never()));
  EXPECT_EQ(Join(1).error().code, ErrorCode::kConflict);
  EXPECT_FALSE(up_[1]);
  EXPECT_EQ(Write(Head(11)).error().code, ErrorCode::kConflict);
  EXPECT_EQ(group_.counters().alarms, 1U);
}

TEST_F(GroupAnchors, RefuseATokenOfAFork) {
  up_[1] = false;
  ASSERT_TRUE(Write(Head(9)));
  ASSERT_TRUE(tokens_[1].WriteAnchor(Head(9, 2), Deadline::Never()));
  EXPECT_EQ(Join(1).error().code, ErrorCode::kConflict);
}

TEST_F(GroupAnchors, TakeBackATokenThatHasWhatItsAnswerWasLostOf) {
  ASSERT_TRUE(Write(Head(9)));
  // Each has taken it, and none could say so.
  for (fakes::MemoryAnchor& token : tokens_) token.Fail(true);
  ASSERT_FALSE(Write(Head(10)));
  for (fakes::MemoryAnchor& token : tokens_) token.Fail(false);
  ASSERT_TRUE(tokens_[1].WriteAnchor(Head(10), Deadline::Never()));
  EXPECT_TRUE(Join(1));
  EXPECT_TRUE(Join(0));
  EXPECT_EQ(tokens_[0].head(), Head(10));
  EXPECT_EQ(group_.counters().alarms, 0U);
}

TEST_F(GroupAnchors, FindATokenThatIsAheadWhenTheFirstHeadIsWritten) {
  ASSERT_TRUE(tokens_[2].WriteAnchor(Head(20), Deadline::Never()));
  EXPECT_EQ(Write(Head(7)).error().code, ErrorCode::kConflict);
  EXPECT_EQ(group_.counters().alarms, 1U);
}

// What the tests above would miss, they must find in a group that writes to one token alone.
TEST_F(GroupAnchors, OfAGroupThatWritesToOneTokenAloneAreFoundMissing) {
  GroupAnchor planted({Holder("a", "a", 0, tokens_[0])});
  ASSERT_TRUE(planted.WriteAnchor(Head(7), Deadline::Never()));
  EXPECT_NE(tokens_[1].head(), Head(7));
}

}  // namespace
}  // namespace kmaas::hsm
