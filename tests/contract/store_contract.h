// What every store must do, as a suite over a type that makes one.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "ports/store.h"
#include "tests/fakes/manual_clock.h"

namespace kmaas::contract {

// World: default-constructible, with `ports::Store& store()` and `fakes::ManualClock& clock()`.
template <class World>
class StoreContract : public testing::Test {
 protected:
  ports::Store& store() { return world_.store(); }
  fakes::ManualClock& clock() { return world_.clock(); }

  void Put(const std::string& key, const std::string& value) {
    const auto written =
        store().Write([&](ports::Transaction& change) { return change.Put("keys", key, value); },
                      Deadline::Never());
    ASSERT_TRUE(written) << written.error().detail;
  }
  std::string Get(const std::string& key) {
    const auto value = store().Get("keys", key);
    if (!value) return "error: " + value.error().detail;
    return value->value_or("(none)");
  }
  std::vector<std::string> Keys(const ports::Scan& scan) {
    std::vector<std::string> keys;
    const auto rows = store().List(scan);
    if (!rows) return {"error: " + rows.error().detail};
    for (const ports::Row& row : *rows) keys.push_back(row.key);
    return keys;
  }

 private:
  World world_;
};

TYPED_TEST_SUITE_P(StoreContract);

TYPED_TEST_P(StoreContract, GivesBackWhatWasPut) {
  const std::string binary("\0\xff'\n;", 5);
  this->Put("a/b", binary);
  this->Put("empty", "");
  EXPECT_EQ(this->Get("a/b"), binary);
  EXPECT_EQ(this->Get("empty"), "");
  EXPECT_EQ(this->Get("a"), "(none)");
}

TYPED_TEST_P(StoreContract, ReplacesAndDeletes) {
  this->Put("k", "one");
  this->Put("k", "two");
  EXPECT_EQ(this->Get("k"), "two");
  const auto deleted = this->store().Write(
      [](ports::Transaction& change) -> Result<void> {
        KM_CHECK(change.Delete("keys", "k"));
        return change.Delete("keys", "never there");
      },
      Deadline::Never());
  EXPECT_TRUE(deleted);
  EXPECT_EQ(this->Get("k"), "(none)");
}

TYPED_TEST_P(StoreContract, KeepsTablesApart) {
  this->Put("k", "in keys");
  const auto other = this->store().Get("aliases", "k");
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->has_value());
}

TYPED_TEST_P(StoreContract, ListsBytewiseWithinPrefixAfterAndLimit) {
  for (const char* key : {"a/2", "a/10", "a/", "a", "b/1", "a/\xc3\xa9", "a0"}) this->Put(key, key);
  using testing::ElementsAre;
  EXPECT_THAT(this->Keys({"keys", "a/"}), ElementsAre("a/", "a/10", "a/2", "a/\xc3\xa9"));
  EXPECT_THAT(this->Keys({"keys", "a/", "a/10"}), ElementsAre("a/2", "a/\xc3\xa9"));
  EXPECT_THAT(this->Keys({"keys", "a/", "a/10", 1}), ElementsAre("a/2"));
  EXPECT_THAT(this->Keys({"keys", "a/", "a/1"}), ElementsAre("a/10", "a/2", "a/\xc3\xa9"));
  EXPECT_THAT(this->Keys({"keys", "a/", "a"}), ElementsAre("a/", "a/10", "a/2", "a/\xc3\xa9"));
  EXPECT_THAT(this->Keys({"keys", "a/", "b"}), ElementsAre());
  EXPECT_THAT(this->Keys({"keys", "a/", "", 0}), ElementsAre());
  EXPECT_THAT(this->Keys({"keys", "", "a0"}), ElementsAre("b/1"));
  EXPECT_THAT(this->Keys({"keys", "c"}), ElementsAre());
}

TYPED_TEST_P(StoreContract, ListsPrefixesThatEndInTheHighestByte) {
  const std::string high = "\xff\xff";
  for (const std::string& key : {std::string("\xff"), high, high + "z"}) this->Put(key, "");
  EXPECT_THAT(this->Keys({"keys", high}), testing::ElementsAre(high, high + "z"));
  EXPECT_THAT(this->Keys({"keys", "\xff", high}), testing::ElementsAre(high + "z"));
}

TYPED_TEST_P(StoreContract, Counts) {
  EXPECT_EQ(*this->store().Count("keys"), 0U);
  this->Put("a", "");
  this->Put("b", "");
  this->Put("b", "again");
  EXPECT_EQ(*this->store().Count("keys"), 2U);
  EXPECT_EQ(*this->store().Count("aliases"), 0U);
}

TYPED_TEST_P(StoreContract, ShowsATransactionItsOwnWrites) {
  this->Put("a", "old");
  const auto written = this->store().Write(
      [](ports::Transaction& change) -> Result<void> {
        KM_CHECK(change.Put("keys", "a", "new"));
        KM_CHECK(change.Put("keys", "b", "made"));
        KM_TRY(const auto seen, change.Get("keys", "a"));
        EXPECT_EQ(seen, "new");
        KM_TRY(const auto rows, change.List({"keys", ""}));
        EXPECT_EQ(rows.size(), 2U);
        KM_TRY(const auto count, change.Count("keys"));
        EXPECT_EQ(count, 2U);
        KM_CHECK(change.Delete("keys", "a"));
        KM_TRY(const auto gone, change.Get("keys", "a"));
        EXPECT_EQ(gone, std::nullopt);
        return {};
      },
      Deadline::Never());
  EXPECT_TRUE(written);
  EXPECT_EQ(this->Get("a"), "(none)");
  EXPECT_EQ(this->Get("b"), "made");
}

TYPED_TEST_P(StoreContract, LeavesNothingOfAFailedChange) {
  this->Put("a", "old");
  this->Put("c", "stays");
  const auto written = this->store().Write(
      [](ports::Transaction& change) -> Result<void> {
        KM_CHECK(change.Put("keys", "a", "new"));
        KM_CHECK(change.Put("keys", "b", "made"));
        KM_CHECK(change.Put("keys", "a", "newer"));
        KM_CHECK(change.Delete("keys", "c"));
        return Error{ErrorCode::kAlreadyExists, "said by the change"};
      },
      Deadline::Never());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(written.error().message, "said by the change");
  EXPECT_EQ(this->Get("a"), "old");
  EXPECT_EQ(this->Get("b"), "(none)");
  EXPECT_EQ(this->Get("c"), "stays");
}

TYPED_TEST_P(StoreContract, DoesNotBeginAfterTheDeadline) {
  bool begun = false;
  const Deadline deadline = Deadline::After(this->clock(), std::chrono::milliseconds(5));
  this->clock().Advance(std::chrono::milliseconds(5));
  const auto written = this->store().Write(
      [&begun](ports::Transaction& /*change*/) -> Result<void> {
        begun = true;
        return {};
      },
      deadline);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kThrottling);
  EXPECT_FALSE(begun);
}

TYPED_TEST_P(StoreContract, RunsChangesOneAtATime) {
  constexpr int kThreads = 8;
  constexpr int kChanges = 25;
  this->Put("counter", "0");
  const auto increment = [](ports::Transaction& change) -> Result<void> {
    KM_TRY(const auto value, change.Get("keys", "counter"));
    return change.Put("keys", "counter", std::to_string(std::stoi(value.value()) + 1));
  };
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < kChanges; ++round)
        if (!this->store().Write(increment, Deadline::Never())) ++failures;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(this->Get("counter"), std::to_string(kThreads * kChanges));
}

TYPED_TEST_P(StoreContract, ShowsAnAcknowledgedWriteToEveryReader) {
  constexpr int kThreads = 4;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([this, thread] {
      for (int round = 0; round < 25; ++round) {
        const std::string key = std::to_string(thread) + "/" + std::to_string(round);
        this->Put(key, key);
        EXPECT_EQ(this->Get(key), key);
        EXPECT_EQ(this->Keys({"keys", std::to_string(thread) + "/"}).size(),
                  static_cast<std::size_t>(round) + 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

REGISTER_TYPED_TEST_SUITE_P(StoreContract, GivesBackWhatWasPut, ReplacesAndDeletes,
                            KeepsTablesApart, ListsBytewiseWithinPrefixAfterAndLimit,
                            ListsPrefixesThatEndInTheHighestByte, Counts,
                            ShowsATransactionItsOwnWrites, LeavesNothingOfAFailedChange,
                            DoesNotBeginAfterTheDeadline, RunsChangesOneAtATime,
                            ShowsAnAcknowledgedWriteToEveryReader);

}  // namespace kmaas::contract
