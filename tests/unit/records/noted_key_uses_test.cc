// When keys were last used.
#include "records/noted_key_uses.h"

#include <gtest/gtest.h>

#include "records/key_use_tracking.h"
#include "tests/fakes/faulty_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace kmaas::records {
namespace {

constexpr char kRegion[] = "eu-central-1";

domain::KeyId IdOf(std::uint16_t number) {
  domain::KeyId id;
  id.bits[0] = static_cast<std::uint8_t>(number);
  id.bits[1] = static_cast<std::uint8_t>(number >> 8U);
  return id;
}

class NotedKeyUsesTest : public testing::Test {
 protected:
  NotedKeyUsesTest() { MakeKey(IdOf(1)); }

  void MakeKey(const domain::KeyId& id, const std::string& region = kRegion) {
    domain::Key key;
    key.id = id;
    key.account = "111122223333";
    key.region = region;
    ASSERT_TRUE(
        catalog_.Write([&](Changes& changes) { return changes.Put(key); }, Deadline::Never()));
  }
  domain::KeyUse UseOf(const domain::KeyId& id, const std::string& event) {
    return {kRegion, id, "Decrypt", clock_.Now(), event, "request"};
  }
  static std::string LastOf(NotedKeyUses& uses, const domain::KeyId& id = IdOf(1),
                            const std::string& region = kRegion) {
    const auto use = uses.LastUse(region, id);
    if (!use) return "failed";
    return *use ? (*use)->event_id : "never";
  }
  // As a server that starts anew would see it.
  std::string Stored(const domain::KeyId& id = IdOf(1)) {
    NotedKeyUses others(catalog_, clock_.Now());
    return LastOf(others, id);
  }

  fakes::ManualClock clock_;
  fakes::MemoryStore memory_;
  fakes::FaultyStore store_{memory_};
  Catalog catalog_{store_};
  NotedKeyUses uses_{catalog_, clock_.Now()};
};

TEST_F(NotedKeyUsesTest, AreKnownAtOnceAndStoredByTheNextFlush) {
  EXPECT_EQ(LastOf(uses_), "never");
  uses_.Note(UseOf(IdOf(1), "one"));
  EXPECT_EQ(LastOf(uses_), "one");
  EXPECT_EQ(Stored(), "never");
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(LastOf(uses_), "one");
  EXPECT_EQ(Stored(), "one");
}

TEST_F(NotedKeyUsesTest, KeepTheNewest) {
  const domain::KeyUse early = UseOf(IdOf(1), "early");
  clock_.Advance(std::chrono::milliseconds(1));
  uses_.Note(UseOf(IdOf(1), "late"));
  uses_.Note(early);
  EXPECT_EQ(LastOf(uses_), "late");
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  uses_.Note(UseOf(IdOf(1), "later"));
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(Stored(), "later");
}

TEST_F(NotedKeyUsesTest, CountAloneInEachRegion) {
  MakeKey(IdOf(1), "eu-west-1");
  uses_.Note(UseOf(IdOf(1), "one"));
  EXPECT_EQ(LastOf(uses_, IdOf(1), "eu-west-1"), "never");
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(LastOf(uses_, IdOf(1), "eu-west-1"), "never");
}

// A use that was noted before the key was deleted makes no row anew.
TEST_F(NotedKeyUsesTest, AreForgottenWithTheirKey) {
  uses_.Note(UseOf(IdOf(1), "one"));
  ASSERT_TRUE(catalog_.Write(
      [](Changes& changes) { return changes.Delete<domain::Key>(KeyRow(kRegion, IdOf(1))); },
      Deadline::Never()));
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(LastOf(uses_), "never");
}

TEST_F(NotedKeyUsesTest, AreTriedAgainWhenTheyCouldNotBeStored) {
  uses_.Note(UseOf(IdOf(1), "one"));
  store_.FailNth(1);
  EXPECT_FALSE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(LastOf(uses_), "one");
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(Stored(), "one");
}

TEST_F(NotedKeyUsesTest, AreStoredInGroups) {
  constexpr std::uint16_t kKeys = 2 * NotedKeyUses::kRowsPerWrite + 1;
  for (std::uint16_t i = 1; i <= kKeys; ++i) {
    MakeKey(IdOf(i));
    uses_.Note(UseOf(IdOf(i), std::to_string(i)));
  }
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  for (std::uint16_t i = 1; i <= kKeys; ++i) EXPECT_EQ(Stored(IdOf(i)), std::to_string(i));
}

// Of a database that is older than the first server that notes uses, too.
TEST_F(NotedKeyUsesTest, AreNotedSinceTheFirstServerThatDoes) {
  const WallTime first = clock_.Now();
  EXPECT_EQ(*KeyUsesNotedSince(catalog_, first, Deadline::Never()), first);
  clock_.Advance(std::chrono::days(40));
  EXPECT_EQ(*KeyUsesNotedSince(catalog_, clock_.Now(), Deadline::Never()), first);
  Catalog anew(store_);
  EXPECT_EQ(*KeyUsesNotedSince(anew, clock_.Now(), Deadline::Never()), first);
}

TEST_F(NotedKeyUsesTest, AreNotNotedSinceATimeThatCouldNotBeKept) {
  for (const int failing : {1, 2}) {
    store_.FailNth(failing);
    EXPECT_FALSE(KeyUsesNotedSince(catalog_, clock_.Now(), Deadline::Never())) << failing;
  }
}

}  // namespace
}  // namespace kmaas::records
