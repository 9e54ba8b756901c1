#include <future>
#include <thread>

#include "tests/component/storage/database.h"

namespace kmaas::storage {
namespace {

// A change that holds the writer until it is told to go on.
class Gate {
 public:
  std::function<Result<void>(ports::Transaction&)> Change() {
    return [this](ports::Transaction& change) -> Result<void> {
      entered_.set_value();
      opened_.get_future().wait();
      return change.Put("keys", "gate", "");
    };
  }
  void WaitUntilEntered() { entered_.get_future().wait(); }
  void Open() { opened_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> opened_;
};

using Change = std::function<Result<void>(ports::Transaction&)>;

class GroupCommit : public testing::Test {
 protected:
  void OpenStore(std::size_t queued_max = 100) {
    SqliteOptions options = database_.Options(OpenMode::kCreate);
    options.queued_changes_max = queued_max;
    store_ = database_.Open(options);
    held_ = std::async(std::launch::async, [this] { return Write(gate_.Change()); });
    gate_.WaitUntilEntered();
  }
  Result<void> Write(const Change& change) { return store_->Write(change, Deadline::Never()); }
  // Begins a write that waits behind the gate; returns when it is in the queue.
  std::future<Result<void>> Enqueue(Change change, Deadline deadline = Deadline::Never()) {
    const std::size_t before = store_->waiting();
    auto outcome = std::async(std::launch::async, [this, change = std::move(change), deadline] {
      return store_->Write(change, deadline);
    });
    while (store_->waiting() == before) std::this_thread::yield();
    return outcome;
  }
  void LetGo() {
    gate_.Open();
    EXPECT_TRUE(held_.get());
  }

  Database database_;
  std::unique_ptr<SqliteStore> store_;
  Gate gate_;
  std::future<Result<void>> held_;
};

Change PutRow(const std::string& key) {
  return [key](ports::Transaction& change) { return change.Put("keys", key, key); };
}

TEST_F(GroupCommit, CommitsWhatWaitsTogether) {
  OpenStore();
  std::vector<std::future<Result<void>>> outcomes;
  for (int row = 0; row < 5; ++row) outcomes.push_back(Enqueue(PutRow(std::to_string(row))));
  LetGo();
  for (auto& outcome : outcomes) EXPECT_TRUE(outcome.get());
  EXPECT_EQ(store_->counters().commits, 2U);
  EXPECT_EQ(store_->counters().changes, 6U);
  EXPECT_EQ(*store_->Count("keys"), 6U);
}

TEST_F(GroupCommit, RollsAFailedChangeBackAlone) {
  OpenStore();
  auto first = Enqueue(PutRow("first"));
  auto failing = Enqueue([](ports::Transaction& change) -> Result<void> {
    KM_CHECK(change.Put("keys", "failing", ""));
    KM_CHECK(change.Delete("keys", "first"));
    return Error{ErrorCode::kLimitExceeded, ""};
  });
  auto last = Enqueue(PutRow("last"));
  LetGo();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(failing.get().error().code, ErrorCode::kLimitExceeded);
  EXPECT_TRUE(last.get());
  EXPECT_EQ(Get(*store_, "first"), "first");
  EXPECT_EQ(Get(*store_, "failing"), "(none)");
  EXPECT_EQ(Get(*store_, "last"), "last");
}

TEST_F(GroupCommit, ShowsALaterChangeWhatAnEarlierOneOfItsGroupWrote) {
  OpenStore();
  std::optional<std::string> seen;
  auto first = Enqueue(PutRow("row"));
  auto second = Enqueue([&seen](ports::Transaction& change) -> Result<void> {
    KM_TRY(seen, change.Get("keys", "row"));
    return {};
  });
  LetGo();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_EQ(seen, "row");
}

TEST_F(GroupCommit, HidesUncommittedRowsFromReaders) {
  OpenStore();
  auto waiting = Enqueue(PutRow("row"));
  EXPECT_EQ(Get(*store_, "row"), "(none)");
  EXPECT_EQ(Get(*store_, "gate"), "(none)");
  LetGo();
  EXPECT_TRUE(waiting.get());
  EXPECT_EQ(Get(*store_, "row"), "row");
}

TEST_F(GroupCommit, FlushesNothingWhenEveryChangeFails) {
  OpenStore();
  LetGo();
  const auto failed = Write([](ports::Transaction& change) -> Result<void> {
    KM_CHECK(change.Put("keys", "row", ""));
    return Error{ErrorCode::kDisabled, ""};
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(store_->counters().commits, 1U);
  EXPECT_EQ(store_->counters().failed_commits, 0U);
}

TEST_F(GroupCommit, ThrottlesWhenTheQueueIsFull) {
  OpenStore(2);
  auto first = Enqueue(PutRow("1"));
  auto second = Enqueue(PutRow("2"));
  const auto refused = Write(PutRow("3"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kThrottling);
  EXPECT_EQ(store_->counters().throttled, 1U);
  LetGo();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_EQ(Get(*store_, "3"), "(none)");
}

TEST_F(GroupCommit, GivesUpAWaitingChangeAtItsDeadline) {
  OpenStore();
  const auto deadline = Deadline::After(database_.clock(), std::chrono::milliseconds(20));
  auto waiting = Enqueue(PutRow("row"), deadline);
  database_.clock().Advance(std::chrono::milliseconds(20));
  const auto outcome = waiting.get();  // while the gate is still closed
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kThrottling);
  LetGo();
  EXPECT_EQ(Get(*store_, "row"), "(none)");
}

TEST_F(GroupCommit, RefusesAChangeThatOverlooksAFailureOfTheStore) {
  OpenStore();
  LetGo();
  const auto written = Write([](ports::Transaction& change) -> Result<void> {
    (void)change.Put("no such table", "k", "v");
    return change.Put("keys", "row", "");
  });
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().detail, testing::HasSubstr("no such table"));
  EXPECT_EQ(Get(*store_, "row"), "(none)");
}

TEST_F(GroupCommit, NamesAnUnknownTable) {
  OpenStore();
  LetGo();
  EXPECT_EQ(store_->Get("x'; DROP TABLE keys; --", "k").error().code, ErrorCode::kKmsInternal);
  EXPECT_FALSE(store_->List({"nowhere", ""}));
  EXPECT_FALSE(store_->Count("nowhere"));
}

TEST_F(GroupCommit, KeepsLongKeysAndValues) {
  OpenStore();
  LetGo();
  const std::string key(3000, 'k');
  const std::string value(1'000'000, 'v');
  ASSERT_TRUE(Put(*store_, key, value));
  EXPECT_EQ(Get(*store_, key), value);
  EXPECT_EQ(store_->List({"keys", key.substr(0, 2999)})->size(), 1U);
}

TEST_F(GroupCommit, PutsManyWritersIntoFewCommits) {
  OpenStore();
  LetGo();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 16; ++thread) {
    threads.emplace_back([this, thread] {
      for (int row = 0; row < 50; ++row)
        EXPECT_TRUE(Put(*store_, std::to_string(thread) + "/" + std::to_string(row), "v"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const StoreCounters counters = store_->counters();
  EXPECT_EQ(counters.changes, 801U);
  EXPECT_LT(counters.commits, counters.changes / 2);
}

}  // namespace
}  // namespace kmaas::storage
