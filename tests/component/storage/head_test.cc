// The head of the store and who is told of it.
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/component/storage/database.h"

namespace kmaas::storage {
namespace {

class Observer final : public ports::HeadObserver {
 public:
  Result<void> MayChangeRights() override {
    ++asked;
    return answer;
  }
  void Committed(const ports::StoreHead& head, bool rights_changed) override {
    heads.emplace_back(head, rights_changed);
  }
  void AwaitAnchored(std::uint64_t epoch, Deadline /*deadline*/) override {
    const std::lock_guard lock(mutex);
    awaited.push_back(epoch);
  }

  int asked = 0;
  Result<void> answer;
  std::vector<std::pair<ports::StoreHead, bool>> heads;
  std::mutex mutex;
  std::vector<std::uint64_t> awaited;
};

class Head : public testing::Test {
 protected:
  Head() {
    SqliteOptions options = database_.Options(OpenMode::kCreate);
    options.observer = &observer_;
    store_ = database_.Open(options);
  }
  Result<void> Write(std::string_view table, const std::string& key) {
    return store_->Write([&](ports::Transaction& change) { return change.Put(table, key, "v"); },
                         Deadline::Never());
  }
  Observer observer_;
  Database database_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(Head, GrowsByOneWithEachCommit) {
  const ports::StoreHead first = store_->head();
  EXPECT_EQ(first.epoch, 1U);
  EXPECT_EQ(first.rows, 0U);
  ASSERT_TRUE(Write("keys", "a"));
  EXPECT_EQ(store_->head().epoch, 2U);
  EXPECT_EQ(store_->head().rows, 1U);
  EXPECT_NE(store_->head().digest, first.digest);
}

TEST_F(Head, StaysWhenNothingIsCommitted) {
  const ports::StoreHead before = store_->head();
  EXPECT_FALSE(store_->Write(
      [](ports::Transaction& change) -> Result<void> {
        KM_CHECK(change.Put("keys", "a", ""));
        return Error{ErrorCode::kDisabled, ""};
      },
      Deadline::Never()));
  EXPECT_EQ(store_->head(), before);
  EXPECT_TRUE(observer_.heads.empty());
}

TEST_F(Head, IsTheSameForTheNextProcessAndForAReader) {
  ASSERT_TRUE(Write("keys", "a"));
  const ports::StoreHead head = store_->head();
  EXPECT_EQ(database_.Open(OpenMode::kReadOnly)->head(), head);
  store_.reset();
  EXPECT_EQ(database_.Open(OpenMode::kOpenExisting)->head(), head);
}

TEST_F(Head, IsToldWithEachCommitAndAwaitedForRights) {
  ASSERT_TRUE(Write("key_policies", "a"));
  ASSERT_TRUE(Write("audit_outbox", "b"));
  ASSERT_EQ(observer_.heads.size(), 2U);
  EXPECT_EQ(observer_.heads[1].first, store_->head());
  EXPECT_TRUE(observer_.heads[0].second);
  EXPECT_FALSE(observer_.heads[1].second);
  EXPECT_EQ(observer_.asked, 1);
  EXPECT_EQ(observer_.awaited, std::vector<std::uint64_t>{2});
}

TEST_F(Head, RefusesChangesOfRightsThatMayNotBe) {
  observer_.answer = Error{ErrorCode::kDependencyTimeout, "", "no anchor"};
  const auto refused = Write("keys", "a");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail, "no anchor");
  EXPECT_TRUE(Write("audit_outbox", "b"));
  EXPECT_EQ(*store_->Count("keys"), 0U);
  EXPECT_TRUE(observer_.awaited.empty());
}

using Rows = std::map<std::string, std::string>;

// Changes of up to 30 rows: at first more are put than deleted, then fewer. The same in each run.
class RandomChanges {
 public:
  std::uint32_t Next(std::uint32_t below) {
    seed_ = seed_ * 1664525U + 1013904223U;
    return (seed_ >> 8U) % below;
  }
  std::string Key() { return std::to_string(Next(900)); }
  Result<void> Make(ports::Transaction& transaction, int number, Rows& rows) {
    const std::uint32_t puts = number < 250 ? 70 : 20;
    for (std::uint32_t edits = Next(30); edits > 0; --edits) {
      const std::string key = Key();
      if (Next(100) < puts) {
        KM_CHECK(transaction.Put("keys", key, std::to_string(number)));
        rows[key] = std::to_string(number);
      } else {
        KM_CHECK(transaction.Delete("keys", key));
        rows.erase(key);
      }
    }
    return {};
  }

 private:
  std::uint32_t seed_ = 1;
};

Rows RowsOf(ports::Reader& reader) {
  Rows rows;
  const auto listed = reader.List({"keys", ""});
  if (!listed) return {{"error", listed.error().detail}};
  for (const ports::Row& row : *listed) rows[row.key] = row.value;
  const auto count = reader.Count("keys");
  return count && *count == rows.size() ? rows : Rows{{"error", "count"}};
}

// Leaves are cut and joined, changes fail, and a reader looks on: the directory and the file never
// part.
TEST_F(Head, AgreesWithTheRowsThroughManyChanges) {
  Rows rows;
  RandomChanges random;
  for (int number = 0; number < 400; ++number) {
    Rows changed = rows;
    const bool fails = random.Next(5) == 0;
    const auto written = store_->Write(
        [&](ports::Transaction& transaction) -> Result<void> {
          KM_CHECK(random.Make(transaction, number, changed));
          EXPECT_EQ(RowsOf(transaction), changed);
          if (fails) return Error{ErrorCode::kDisabled, ""};
          return {};
        },
        Deadline::Never());
    ASSERT_EQ(written.has_value(), !fails) << (written ? "" : written.error().detail);
    if (!fails) rows = std::move(changed);
    const std::string key = random.Key();
    EXPECT_EQ(Get(*store_, key), rows.contains(key) ? rows.at(key) : "(none)");
  }
  store_.reset();
  EXPECT_EQ(RowsOf(*database_.Open(OpenMode::kOpenExisting)), rows);
}

TEST_F(Head, RaisesNoFalseAlarmWhileReadersAndWritersRace) {
  std::atomic<bool> over{false};
  std::atomic<int> failures{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&, reader] {
      for (int round = reader; !over; ++round) {
        if (!store_->Get("keys", std::to_string(round % 300))) ++failures;
        if (!store_->List({"keys", "1"})) ++failures;
      }
    });
  }
  const auto write = [&](int writer) {
    for (int round = 0; round < 300; ++round) {
      const std::string key = std::to_string((round * 7 + writer) % 300);
      const auto change = [&](ports::Transaction& rows) {
        return round % 3 == 2 ? rows.Delete("keys", key) : rows.Put("keys", key, key);
      };
      if (!store_->Write(change, Deadline::Never())) ++failures;
    }
  };
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 3; ++writer) writers.emplace_back(write, writer);
  for (std::thread& writer : writers) writer.join();
  over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(failures, 0);
}

TEST(ClockFloor, IsTheLatestTimeOfACommitWhateverTheClockSaysLater) {
  Database database;
  auto store = database.Open(OpenMode::kCreate);
  database.clock().Advance(std::chrono::hours(48));
  const WallTime latest = database.clock().Now();
  ASSERT_TRUE(Put(*store, "a", "1"));
  database.clock().SetWall(latest - std::chrono::hours(24));
  ASSERT_TRUE(Put(*store, "a", "2"));
  EXPECT_EQ(store->clock_floor(), latest);
  store.reset();
  EXPECT_EQ(database.Open(OpenMode::kOpenExisting)->clock_floor(), latest);
}

}  // namespace
}  // namespace kmaas::storage
