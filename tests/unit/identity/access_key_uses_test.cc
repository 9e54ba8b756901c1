// When access keys were last used.
#include "identity/access_key_uses.h"

#include <gtest/gtest.h>

#include "tests/fakes/faulty_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace kmaas::identity {
namespace {

constexpr char kId[] = "AKIAIOSFODNN7EXAMPLE";

class AccessKeyUsesTest : public testing::Test {
 protected:
  AccessKeyUsesTest() {
    records::StoredAccessKey key;
    key.id = kId;
    key.account = "111122223333";
    key.user_name = "alice";
    (void)catalog_.Write([&](records::Changes& changes) { return changes.Put(key); },
                         Deadline::Never());
  }
  std::string Stored(const std::string& id = kId) {
    const auto use = catalog_.Find<records::AccessKeyUse>(id);
    if (!use || *use == nullptr) return "never";
    return FormatIso8601((*use)->used) + " " + (*use)->service + " " + (*use)->region;
  }

  fakes::ManualClock clock_;
  fakes::MemoryStore store_;
  records::Catalog catalog_{store_};
  AccessKeyUses uses_{catalog_};
};

TEST_F(AccessKeyUsesTest, AreWrittenByTheNextFlush) {
  uses_.Note(kId, "kms", "eu-central-1", clock_.Now());
  EXPECT_EQ(Stored(), "never");
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(Stored(), FormatIso8601(clock_.Now()) + " kms eu-central-1");
}

TEST_F(AccessKeyUsesTest, KeepTheLatest) {
  uses_.Note(kId, "kms", "eu-central-1", clock_.Now());
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  clock_.Advance(std::chrono::hours(1));
  uses_.Note(kId, "sts", "eu-central-1", clock_.Now());
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(Stored(), FormatIso8601(clock_.Now()) + " sts eu-central-1");
}

TEST_F(AccessKeyUsesTest, SayInWhichRegion) {
  AccessKeyUsesInRegion west(uses_, "eu-west-1");
  uses_.Note(kId, "kms", "eu-central-1", clock_.Now());
  west.Note(kId, "kms", clock_.Now());
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(Stored(), FormatIso8601(clock_.Now()) + " kms eu-west-1");
}

// A use that was noted before the key was deleted makes no row anew.
TEST_F(AccessKeyUsesTest, AreForgottenWithTheirKey) {
  uses_.Note(kId, "kms", "eu-central-1", clock_.Now());
  ASSERT_TRUE(catalog_.Write(
      [](records::Changes& changes) { return changes.Delete<records::StoredAccessKey>(kId); },
      Deadline::Never()));
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(Stored(), "never");
}

TEST_F(AccessKeyUsesTest, AreNotKeptForTemporaryCredentials) {
  uses_.Note("ASIAIOSFODNN7EXAMPLE", "kms", "eu-central-1", clock_.Now());
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(Stored("ASIAIOSFODNN7EXAMPLE"), "never");
}

TEST_F(AccessKeyUsesTest, AreWrittenOnceAMinuteAtMost) {
  uses_.Note(kId, "kms", "eu-central-1", clock_.Now());
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  const std::string first = Stored();
  uses_.Note(kId, "kms", "eu-central-1", clock_.Now() + std::chrono::milliseconds(1));
  ASSERT_TRUE(uses_.Flush(Deadline::Never()));
  EXPECT_EQ(Stored(), first);
}

}  // namespace
}  // namespace kmaas::identity
