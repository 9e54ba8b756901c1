// Goal: a record is in the store or survives in the trail at every moment: its row goes only when
// the trail is known to be on the disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/outbox.h"
#include "ports/durable_sink.h"
#include "tests/fakes/memory_store.h"

namespace kmaas::core {
namespace {

using testing::ElementsAre;

class SlowDisk final : public ports::AuditSink, public ports::DurableSink {
 public:
  bool durable = false;
  bool flushes = true;
  int flushed = 0;

  Result<void> Append(const ports::AuditRecord& /*record*/) override { return {}; }
  std::string Render(const ports::AuditRecord& record) const override { return record.event_id; }
  Result<void> AppendRendered(const std::string& /*id*/, const std::string& /*event*/) override {
    return {};
  }
  bool IsDurable() const override { return durable; }
  Result<void> Flush() override {
    if (!flushes) return Error{ErrorCode::kDependencyTimeout, "", "disk"};
    ++flushed;
    return {};
  }
};

class OutboxDurability : public testing::Test {
 protected:
  void Change(const std::string& id) {
    const records::OutboxEntry entry{id, R"({"eventID":")" + id + R"("})"};
    ASSERT_TRUE(catalog_.Write(
        [&](records::Changes& changes) { return outbox_.Add(changes, entry); }, Deadline::Never()));
    ASSERT_TRUE(outbox_.Deliver(entry));
  }
  std::vector<std::string> Stored() {
    std::vector<std::string> ids;
    const auto page = catalog_.List<records::OutboxEntry>("", "", 1000);
    for (const ports::Row& row : page->rows) ids.push_back(row.key);
    return ids;
  }

  fakes::MemoryStore store_;
  SlowDisk trail_;
  records::Catalog catalog_{store_};
  Outbox outbox_{catalog_, trail_};
};

TEST_F(OutboxDurability, KeepsRowsUntilTheirRecordsAreOnTheDisk) {
  for (const char* id : {"a", "b", "c"}) Change(id);
  EXPECT_THAT(Stored(), ElementsAre("a", "b", "c"));
  trail_.durable = true;
  Change("d");
  EXPECT_THAT(Stored(), ElementsAre("d"));
  EXPECT_EQ(trail_.flushed, 0);
}

TEST_F(OutboxDurability, FlushesTheTrailWhenTooManyRowsWait) {
  for (int number = 0; number < 300; ++number) Change(std::to_string(1000 + number));
  EXPECT_LE(Stored().size(), 260U);
  EXPECT_GT(trail_.flushed, 0);
}

TEST_F(OutboxDurability, LosesNoRowWhenTheTrailCannotBeFlushed) {
  trail_.flushes = false;
  for (int number = 0; number < 300; ++number) Change(std::to_string(1000 + number));
  EXPECT_EQ(Stored().size(), 300U);
}

TEST_F(OutboxDurability, KeepsRowsOverAStartAtWhichTheTrailCannotBeFlushed) {
  Change("a");
  trail_.flushes = false;
  Outbox restarted(catalog_, trail_);
  EXPECT_FALSE(restarted.Recover(Deadline::Never()));
  EXPECT_THAT(Stored(), ElementsAre("a"));
  trail_.flushes = true;
  EXPECT_TRUE(restarted.Recover(Deadline::Never()));
  EXPECT_THAT(Stored(), ElementsAre());
}

}  // namespace
}  // namespace kmaas::core
