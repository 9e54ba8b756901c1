// Goal: a key in the token that no row names goes, and never one that a row names or may yet name.
// Method: a token and a store in memory, and what calls do placed between the steps of a sweep.
#include "lifecycle/token_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/set_back.h"
#include "tests/fakes/faulty_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/memory_token_keys.h"

namespace kmaas::lifecycle {
namespace {

using ports::TokenKey;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::seconds kSpared{60};

class TokenSweepTest : public testing::Test {
 protected:
  static domain::KeyMaterial Material(std::uint8_t number) {
    domain::KeyMaterial material;
    material.id.bits.fill(number);
    material.account = "111122223333";
    material.region = "eu-central-1";
    material.custody = domain::Custody::kResident;
    return material;
  }
  static TokenKey Resident(std::uint8_t number) {
    return {TokenKey::Kind::kResident, Bytes(32, number)};
  }
  static TokenKey Import(std::uint8_t number) {
    return {TokenKey::Kind::kImport, Bytes(16, number)};
  }
  template <class T>
  void Put(const T& record) {
    ASSERT_TRUE(catalog_.Write([&](records::Changes& changes) { return changes.Put(record); },
                               Deadline::Never()));
  }
  void PutImportKey(std::uint8_t number) {
    domain::ImportKey key;
    key.id.bits.fill(number);
    key.account = "111122223333";
    key.region = "eu-central-1";
    Put(key);
  }
  // Looks until a key that was there all along may go.
  void LookAndWait() {
    sweep_.Look();
    clock_.Advance(kSpared);
    sweep_.Look();
  }

  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  fakes::FaultyStore faulty_{store_};
  records::Catalog catalog_{faulty_};
  fakes::MemoryTokenKeys token_;
  std::vector<TokenKey> recorded_;
  bool trail_works_ = true;
  TokenSweep sweep_{{token_, catalog_, clock_,
                     [this](const TokenKey& key) -> Result<void> {
                       if (!trail_works_) return Error{ErrorCode::kDependencyTimeout, "", "full"};
                       recorded_.push_back(key);
                       return {};
                     }},
                    kSpared};
};

TEST_F(TokenSweepTest, DestroysAtOnceWhatWasLeftBehindAndRecordsItFirst) {
  Put(Material(1));
  PutImportKey(2);
  token_.keys = {Resident(1), Import(2), Resident(3), Import(4)};
  ASSERT_TRUE(sweep_.NoteLeftBehind());
  sweep_.Look();
  EXPECT_THAT(token_.keys, ElementsAre(Resident(1), Import(2)));
  EXPECT_THAT(recorded_, ElementsAre(Resident(3), Import(4)));
  EXPECT_EQ(sweep_.counters().destroyed, 2U);
  EXPECT_EQ(sweep_.counters().unnamed, 0U);
}

TEST_F(TokenSweepTest, DestroysMaterialThatACrashHasLeftBeforeItsRowSaidThatItWasImported) {
  domain::KeyMaterial again = Material(1);
  again.import_state = domain::ImportState::kPendingImport;
  Put(again);
  domain::KeyMaterial replica = Material(2);  // another Region has it still
  replica.import_state = domain::ImportState::kPendingImport;
  Put(replica);
  replica.region = "eu-west-1";
  replica.import_state = domain::ImportState::kImported;
  Put(replica);
  token_.keys = {Resident(1), Resident(2)};
  ASSERT_TRUE(sweep_.NoteLeftBehind());
  EXPECT_THAT(token_.keys, ElementsAre(Resident(2)));
  EXPECT_THAT(recorded_, ElementsAre(Resident(1)));
  EXPECT_THAT(sweep_.Sweep(false)->destroyed, ElementsAre(Resident(1)));
}

// An import has made it, and is about to write its row.
TEST_F(TokenSweepTest, LeavesMaterialThatIsImportedWhileItServes) {
  domain::KeyMaterial again = Material(1);
  again.import_state = domain::ImportState::kPendingImport;
  Put(again);
  ASSERT_TRUE(sweep_.NoteLeftBehind());
  token_.keys = {Resident(1)};
  LookAndWait();
  EXPECT_THAT(token_.keys, ElementsAre(Resident(1)));
}

TEST_F(TokenSweepTest, WaitsForTheRowOfAKeyThatAppearsWhileItServes) {
  ASSERT_TRUE(sweep_.NoteLeftBehind());
  token_.keys = {Resident(1), Resident(2)};
  sweep_.Look();
  clock_.Advance(kSpared - std::chrono::seconds(1));
  sweep_.Look();
  EXPECT_EQ(sweep_.counters().unnamed, 2U);
  Put(Material(1));
  clock_.Advance(std::chrono::seconds(1));
  sweep_.Look();
  EXPECT_THAT(token_.keys, ElementsAre(Resident(1)));
}

// A row that is committed between the listing and the look at the rows.
TEST_F(TokenSweepTest, SeesARowThatComesAtTheLastMoment) {
  token_.keys = {Resident(1)};
  sweep_.Look();
  clock_.Advance(kSpared);
  token_.after_listing = [this] { Put(Material(1)); };
  sweep_.Look();
  EXPECT_THAT(token_.keys, ElementsAre(Resident(1)));
  EXPECT_EQ(sweep_.counters().destroyed, 0U);
}

TEST_F(TokenSweepTest, CountsTheTimeAnewForAKeyThatHadARow) {
  token_.keys = {Import(1)};
  PutImportKey(1);
  ASSERT_TRUE(sweep_.NoteLeftBehind());
  sweep_.Look();
  domain::ImportKey key;
  key.id.bits.fill(1);
  key.region = "eu-central-1";
  ASSERT_TRUE(catalog_.Write(
      [&](records::Changes& changes) {
        return changes.Delete<domain::ImportKey>(
            records::ImportKeyRow(key.region, key.key_id, key.id));
      },
      Deadline::Never()));
  sweep_.Look();
  EXPECT_THAT(token_.keys, ElementsAre(Import(1)));
  clock_.Advance(kSpared);
  sweep_.Look();
  EXPECT_THAT(token_.keys, IsEmpty());
}

TEST_F(TokenSweepTest, LeavesWhatAnImportOfThisProcessHolds) {
  token_.keys = token_.spared = {Resident(1)};
  LookAndWait();
  EXPECT_THAT(token_.keys, ElementsAre(Resident(1)));
  EXPECT_EQ(sweep_.counters().failures, 1U);
}

TEST_F(TokenSweepTest, LeavesResidentKeysOfADatabaseThatWasSetBack) {
  ASSERT_TRUE(catalog_.Write(
      [](records::Changes& changes) { return records::NoteSetBack(changes); }, Deadline::Never()));
  token_.keys = {Resident(1), Import(2)};
  ASSERT_TRUE(sweep_.NoteLeftBehind());
  LookAndWait();
  EXPECT_THAT(token_.keys, ElementsAre(Resident(1)));
  EXPECT_EQ(sweep_.counters().unnamed, 1U);
  const auto asked = sweep_.Sweep(true);
  ASSERT_TRUE(asked);
  EXPECT_THAT(asked->destroyed, ElementsAre(Resident(1)));
}

TEST_F(TokenSweepTest, DestroysNothingThatCannotBeRecorded) {
  token_.keys = {Resident(1)};
  ASSERT_TRUE(sweep_.NoteLeftBehind());
  trail_works_ = false;
  sweep_.Look();
  EXPECT_THAT(token_.keys, ElementsAre(Resident(1)));
  trail_works_ = true;
  sweep_.Look();
  EXPECT_THAT(token_.keys, IsEmpty());
}

// The n-th call of the store fails, for every n; then the token is away.
TEST_F(TokenSweepTest, DestroysNothingWhileRowsCannotBeRead) {
  Put(Material(1));
  token_.keys = {Resident(1), Resident(2)};
  ASSERT_TRUE(sweep_.NoteLeftBehind());
  std::uint64_t n = 0;
  while (token_.keys.contains(Resident(2))) {
    faulty_.FailNth(++n);
    sweep_.Look();
    ASSERT_TRUE(token_.keys.contains(Resident(1))) << n;
    ASSERT_LT(n, 20U);
  }
  EXPECT_GT(n, 3U);
  EXPECT_EQ(sweep_.counters().failures, n - 1);
  token_.away = true;
  sweep_.Look();
  EXPECT_EQ(sweep_.counters().failures, n);
}

}  // namespace
}  // namespace kmaas::lifecycle
