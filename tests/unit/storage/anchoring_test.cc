// Goal: rights that changed are anchored before they are acknowledged, all else within a second;
// while nothing can be anchored, rights stay as they are.
#include "storage/anchoring.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_anchor.h"
#include "tests/fakes/memory_audit_sink.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::storage {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ports::StoreHead HeadOf(std::uint64_t epoch) {
  ports::StoreHead head{epoch, epoch + 100, {}};
  head.digest.fill(static_cast<std::uint8_t>(epoch));
  return head;
}

class AnchoringTest : public testing::Test {
 protected:
  explicit AnchoringTest(bool own_thread = false)
      : anchoring_(token_, clock_, {.region = "eu-central-1", .own_thread = own_thread}) {}
  void Begin(std::uint64_t epoch = 1) {
    ASSERT_TRUE(anchoring_.Begin(trail_, random_, HeadOf(epoch)));
  }
  std::uint64_t anchored() const { return anchoring_.counters().anchored_epoch; }

  fakes::ManualClock clock_;
  fakes::MemoryAnchor token_;
  fakes::MemoryAuditSink trail_;
  fakes::SeededRandom random_;
  Anchoring anchoring_;
};

TEST_F(AnchoringTest, AnchorsWhereTheStoreStandsWhenItBegins) {
  Begin(7);
  EXPECT_EQ(token_.head(), HeadOf(7));
  EXPECT_EQ(anchored(), 7U);
}

TEST_F(AnchoringTest, LeavesARecordOfTheServiceForEachAnchor) {
  Begin(7);
  ASSERT_EQ(trail_.records().size(), 1U);
  const ports::AuditRecord record = trail_.records()[0];
  EXPECT_EQ(record.event_source, "kmaas.internal");
  EXPECT_EQ(record.event_name, "AnchorStoreHead");
  EXPECT_TRUE(record.service_event);
  EXPECT_EQ(record.response_elements_json, AnchorDetails(HeadOf(7)));
  EXPECT_EQ(AnchorDetails(HeadOf(7)).substr(0, 40), R"({"epoch":7,"rows":107,"digest":"07070707)");
}

TEST_F(AnchoringTest, AnchorsChangedRightsAtOnce) {
  Begin();
  anchoring_.Committed(HeadOf(2), true);
  anchoring_.Tick();
  EXPECT_EQ(anchored(), 2U);
}

TEST_F(AnchoringTest, AnchorsOtherChangesWithinASecond) {
  Begin();
  anchoring_.Committed(HeadOf(2), false);
  clock_.Advance(milliseconds(999));
  anchoring_.Committed(HeadOf(3), false);
  anchoring_.Tick();
  EXPECT_EQ(anchored(), 1U);
  clock_.Advance(milliseconds(1));
  anchoring_.Tick();
  EXPECT_EQ(anchored(), 3U);
  EXPECT_EQ(token_.writes(), 2);
}

TEST_F(AnchoringTest, DoesNothingWhileNothingIsCommitted) {
  Begin();
  clock_.Advance(std::chrono::hours(1));
  anchoring_.Tick();
  EXPECT_EQ(token_.writes(), 1);
}

TEST_F(AnchoringTest, TriesAgainAfterAWhileWhenTheTokenFails) {
  Begin();
  token_.Fail(true);
  anchoring_.Committed(HeadOf(2), true);
  anchoring_.Tick();
  token_.Fail(false);
  anchoring_.Tick();
  EXPECT_EQ(anchored(), 1U);
  clock_.Advance(milliseconds(250));
  anchoring_.Tick();
  EXPECT_EQ(anchored(), 2U);
  EXPECT_EQ(anchoring_.counters().failures, 1U);
}

TEST_F(AnchoringTest, CountsNothingAsAnchoredThatTheTrailDoesNotHave) {
  Begin();
  trail_.FailAll(true);
  anchoring_.Committed(HeadOf(2), true);
  anchoring_.Tick();
  EXPECT_EQ(token_.head(), HeadOf(2));
  EXPECT_EQ(anchored(), 1U);
  trail_.FailAll(false);
  clock_.Advance(seconds(1));
  anchoring_.Tick();
  EXPECT_EQ(anchored(), 2U);
  EXPECT_EQ(trail_.records().size(), 2U);
}

TEST_F(AnchoringTest, RefusesChangesOfRightsWhileItIsTooFarBehind) {
  Begin();
  token_.Fail(true);
  anchoring_.Committed(HeadOf(2), false);
  clock_.Advance(seconds(10));
  anchoring_.Tick();
  EXPECT_TRUE(anchoring_.MayChangeRights());
  clock_.Advance(milliseconds(1));
  const auto refused = anchoring_.MayChangeRights();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDependencyTimeout);
  EXPECT_NE(refused.error().detail.find("the token is away"), std::string::npos);
  EXPECT_EQ(anchoring_.counters().behind, milliseconds(10'001));
  token_.Fail(false);
  clock_.Advance(seconds(1));
  anchoring_.Tick();
  EXPECT_TRUE(anchoring_.MayChangeRights());
  EXPECT_EQ(anchoring_.counters().behind, milliseconds(0));
  EXPECT_EQ(anchoring_.counters().refused_changes, 1U);
}

TEST_F(AnchoringTest, IsBehindSinceTheOldestCommitThatIsNotAnchored) {
  Begin();
  anchoring_.Committed(HeadOf(2), false);
  clock_.Advance(milliseconds(400));
  // While the second is written, a third is committed.
  token_.before_write = [this] {
    token_.before_write = nullptr;
    anchoring_.Committed(HeadOf(3), false);
    EXPECT_EQ(anchoring_.counters().behind, milliseconds(1000));
  };
  clock_.Advance(milliseconds(600));
  anchoring_.Tick();
  EXPECT_EQ(anchored(), 2U);
  clock_.Advance(milliseconds(300));
  EXPECT_EQ(anchoring_.counters().behind, milliseconds(300));
  clock_.Advance(milliseconds(700));
  anchoring_.Tick();
  EXPECT_EQ(anchored(), 3U);
}

TEST_F(AnchoringTest, RaisesAnAlarmForAChangeThatWasNotAnchoredInTime) {
  Begin();
  anchoring_.Committed(HeadOf(2), true);
  anchoring_.AwaitAnchored(2, {clock_.SteadyNow()});
  EXPECT_EQ(anchoring_.counters().alarms, 1U);
  anchoring_.Tick();
  anchoring_.AwaitAnchored(2, {clock_.SteadyNow()});
  EXPECT_EQ(anchoring_.counters().alarms, 1U);
}

TEST_F(AnchoringTest, AnchorsTheLastHeadWhenItEnds) {
  Begin();
  anchoring_.Committed(HeadOf(2), false);
  ASSERT_TRUE(anchoring_.End());
  EXPECT_EQ(token_.head(), HeadOf(2));
  EXPECT_EQ(trail_.records().size(), 2U);
}

TEST_F(AnchoringTest, ThatNeverBeganAnchorsInTheTokenAlone) {
  anchoring_.Believe();
  anchoring_.Committed(HeadOf(2), true);
  anchoring_.AwaitAnchored(2, Deadline::Never());
  EXPECT_TRUE(anchoring_.MayChangeRights());
  ASSERT_TRUE(anchoring_.End());
  EXPECT_EQ(token_.head(), HeadOf(2));
  EXPECT_TRUE(trail_.records().empty());
}

TEST_F(AnchoringTest, AnchorsNothingOfADatabaseThatNobodyBelieves) {
  anchoring_.Committed(HeadOf(2), true);
  ASSERT_TRUE(anchoring_.End());
  EXPECT_EQ(token_.head(), std::nullopt);
}

TEST_F(AnchoringTest, SaysThatItCouldNotAnchorTheLastHead) {
  anchoring_.Believe();
  anchoring_.Committed(HeadOf(2), true);
  token_.Fail(true);
  EXPECT_FALSE(anchoring_.End());
  EXPECT_TRUE(anchoring_.End());
}

class ThreadedAnchoring : public AnchoringTest {
 protected:
  ThreadedAnchoring() : AnchoringTest(true) {}
};

TEST_F(ThreadedAnchoring, ServesAllWhoWaitWithOneWrite) {
  Begin();
  constexpr std::uint64_t kChanges = 8;
  std::atomic<std::uint64_t> committed{1};
  // The first write holds until all are committed; the second has them all.
  token_.before_write = [&] {
    while (committed < kChanges + 1) std::this_thread::yield();
  };
  std::vector<std::thread> callers;
  for (std::uint64_t epoch = 2; epoch <= kChanges + 1; ++epoch) {
    anchoring_.Committed(HeadOf(epoch), true);
    ++committed;
    callers.emplace_back([this, epoch] { anchoring_.AwaitAnchored(epoch, Deadline::Never()); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(anchored(), kChanges + 1);
  EXPECT_LE(token_.writes(), 3);
  ASSERT_TRUE(anchoring_.End());
}

TEST_F(ThreadedAnchoring, LetsGoOfWhoeverWaitsWhenItEnds) {
  Begin();
  token_.Fail(true);
  anchoring_.Committed(HeadOf(2), true);
  std::thread caller([this] { anchoring_.AwaitAnchored(2, Deadline::Never()); });
  EXPECT_FALSE(anchoring_.End());
  caller.join();
}

}  // namespace
}  // namespace kmaas::storage
