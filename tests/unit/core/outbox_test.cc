#include "core/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/faulty_store.h"
#include "tests/fakes/memory_audit_sink.h"
#include "tests/fakes/memory_store.h"

namespace kmaas::core {
namespace {

using testing::ElementsAre;

records::OutboxEntry Entry(const std::string& id) { return {id, R"({"eventID":")" + id + R"("})"}; }

class OutboxTest : public testing::Test {
 protected:
  // The part of a change that is durable.
  Result<void> Commit(const std::string& id) {
    return catalog_.Write(
        [&](records::Changes& changes) { return outbox_.Add(changes, Entry(id)); },
        Deadline::Never());
  }
  std::vector<std::string> Stored() {
    std::vector<std::string> ids;
    const auto page = catalog_.List<records::OutboxEntry>("", "", 1000);
    for (const ports::Row& row : page->rows) ids.push_back(row.key);
    return ids;
  }
  // What the next start does.
  Result<std::size_t> Restart() {
    Outbox restarted(catalog_, audit_);
    return restarted.Recover(Deadline::Never());
  }

  fakes::MemoryStore memory_;
  fakes::FaultyStore store_{memory_};
  fakes::MemoryAuditSink audit_;
  records::Catalog catalog_{store_};
  Outbox outbox_{catalog_, audit_};
};

TEST_F(OutboxTest, StoresTheRecordWithTheChangeAndDeliversItAfterwards) {
  ASSERT_TRUE(Commit("a"));
  EXPECT_THAT(Stored(), ElementsAre("a"));
  EXPECT_THAT(audit_.event_ids(), ElementsAre());
  ASSERT_TRUE(outbox_.Deliver(Entry("a")));
  EXPECT_THAT(audit_.lines(), ElementsAre(Entry("a").rendered));
}

TEST_F(OutboxTest, SweepsWhatWasDeliveredWithALaterChange) {
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(Commit(id));
    ASSERT_TRUE(outbox_.Deliver(Entry(id)));
  }
  EXPECT_THAT(Stored(), ElementsAre("c"));
}

TEST_F(OutboxTest, KeepsWhatWasNotDelivered) {
  ASSERT_TRUE(Commit("a"));
  audit_.FailNth(1);
  EXPECT_FALSE(outbox_.Deliver(Entry("a")));
  EXPECT_THAT(Stored(), ElementsAre("a"));
}

TEST_F(OutboxTest, TakesNoChangeWhileTheTrailRefusesAnEarlierOne) {
  ASSERT_TRUE(Commit("a"));
  audit_.FailAll(true);
  EXPECT_FALSE(outbox_.Deliver(Entry("a")));
  EXPECT_FALSE(Commit("b"));
  EXPECT_FALSE(outbox_.Retry());
  EXPECT_FALSE(Commit("b"));
  audit_.FailAll(false);
  EXPECT_TRUE(outbox_.Retry());
  EXPECT_TRUE(Commit("b"));
  EXPECT_THAT(audit_.event_ids(), ElementsAre("a"));
}

TEST_F(OutboxTest, DeliversWhatTheTrailRefusedBeforeTheNext) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Commit(id));
  audit_.FailAll(true);
  EXPECT_FALSE(outbox_.Deliver(Entry("a")));
  EXPECT_FALSE(outbox_.Deliver(Entry("b")));
  audit_.FailAll(false);
  EXPECT_TRUE(outbox_.Deliver(Entry("c")));
  EXPECT_THAT(audit_.event_ids(), ElementsAre("a", "b", "c"));
}

TEST_F(OutboxTest, DeliversAtStartWhatACrashLeftBehind) {
  for (const char* id : {"a", "b"}) ASSERT_TRUE(Commit(id));
  EXPECT_EQ(*Restart(), 2U);
  EXPECT_THAT(audit_.lines(), ElementsAre(Entry("a").rendered, Entry("b").rendered));
  EXPECT_THAT(Stored(), ElementsAre());
}

TEST_F(OutboxTest, DeliversOnceWhatACrashLeftDeliveredButStored) {
  ASSERT_TRUE(Commit("a"));
  ASSERT_TRUE(outbox_.Deliver(Entry("a")));
  EXPECT_EQ(*Restart(), 1U);
  EXPECT_EQ(*Restart(), 0U);
  EXPECT_THAT(audit_.event_ids(), ElementsAre("a"));
}

TEST_F(OutboxTest, RecoversMoreThanOnePage) {
  std::vector<std::string> ids;
  for (int i = 0; i < 1203; ++i) ids.push_back("event-" + std::to_string(10'000 + i));
  for (const std::string& id : ids) ASSERT_TRUE(Commit(id));
  EXPECT_EQ(*Restart(), ids.size());
  EXPECT_EQ(audit_.event_ids(), ids);
}

// The start fails, nothing is lost, and the next one goes on.
TEST_F(OutboxTest, RecoversLaterWhicheverDeliveryFails) {
  for (const char* id : {"a", "b"}) ASSERT_TRUE(Commit(id));
  for (std::uint64_t n = 1;; ++n) {
    audit_.FailNth(n);
    store_.FailNth(0);
    const bool recovered = Restart().has_value();
    if (recovered) break;
    EXPECT_THAT(Stored(), ElementsAre("a", "b")) << n;
  }
  EXPECT_THAT(audit_.event_ids(), ElementsAre("a", "b"));
  EXPECT_THAT(Stored(), ElementsAre());
}

TEST_F(OutboxTest, RecoversLaterWhicheverCallOfTheStoreFails) {
  for (const char* id : {"a", "b"}) ASSERT_TRUE(Commit(id));
  std::uint64_t n = 1;
  for (bool recovered = false; !recovered; ++n) {
    store_.FailNth(n);
    recovered = Restart().has_value();
    store_.FailNth(0);
    EXPECT_EQ(Stored().size(), recovered ? 0U : 2U) << n;
  }
  EXPECT_GT(n, 3U);
  EXPECT_THAT(audit_.event_ids(), ElementsAre("a", "b"));
  EXPECT_THAT(Stored(), ElementsAre());
}

TEST_F(OutboxTest, SweepsLaterWhatAChangeThatFailedWouldHaveSwept) {
  ASSERT_TRUE(Commit("a"));
  ASSERT_TRUE(outbox_.Deliver(Entry("a")));
  store_.FailAll(true);
  EXPECT_FALSE(Commit("b"));
  store_.FailAll(false);
  outbox_.Withdraw(Entry("b"));
  ASSERT_TRUE(Commit("c"));
  EXPECT_THAT(Stored(), ElementsAre("c"));
}

// A change that does not happen has no record, and what it would have swept stays for the start.
TEST_F(OutboxTest, LosesNothingWithAChangeThatFails) {
  ASSERT_TRUE(Commit("a"));
  ASSERT_TRUE(outbox_.Deliver(Entry("a")));
  store_.FailAll(true);
  EXPECT_FALSE(Commit("b"));
  store_.FailAll(false);
  EXPECT_THAT(Stored(), ElementsAre("a"));
  EXPECT_EQ(*Restart(), 1U);
  EXPECT_THAT(audit_.event_ids(), ElementsAre("a"));
}

}  // namespace
}  // namespace kmaas::core
