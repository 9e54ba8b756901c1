// What is scheduled stands among the work that is due, in the transaction that schedules it.
#include <gtest/gtest.h>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;

class DueWork : public testing::Test {
 protected:
  std::vector<records::DueWork> Rows() {
    std::vector<records::DueWork> rows;
    const auto page = world_.catalog.List<records::DueWork>("", "", 100);
    for (const ports::Row& row : page->rows)
      rows.push_back(*records::Table<records::DueWork>::Decode(row.value));
    return rows;
  }
  std::shared_ptr<const domain::Key> KeyOf(const std::string& arn) {
    const auto id = domain::KeyId::Parse(arn.substr(arn.size() - 36));
    return *world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, *id));
  }
  Environment world_;
};

TEST_F(DueWork, IsADeletionUntilItIsCancelled) {
  const std::string arn = world_.MakeKey();
  EXPECT_TRUE(Rows().empty());
  kms::ScheduleKeyDeletionRequest schedule;
  schedule.set_key_id(arn);
  schedule.set_pending_window_in_days(7);
  ASSERT_TRUE(world_.Send("ScheduleKeyDeletion", schedule));
  const std::vector<records::DueWork> rows = Rows();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].work, records::Work::kDeleteKey);
  EXPECT_EQ(rows[0].key_id, KeyOf(arn)->id);
  EXPECT_EQ(ToEpochMillis(rows[0].due),
            ToEpochMillis(world_.clock.Now() + std::chrono::hours(7 * 24)));
  kms::CancelKeyDeletionRequest cancel;
  cancel.set_key_id(arn);
  ASSERT_TRUE(world_.Send("CancelKeyDeletion", cancel));
  EXPECT_TRUE(Rows().empty());
  EXPECT_FALSE(KeyOf(arn)->deletion);
}

TEST_F(DueWork, SaysWhoAskedForADeletion) {
  const std::string arn = world_.MakeKey();
  kms::ScheduleKeyDeletionRequest schedule;
  schedule.set_key_id(arn);
  ASSERT_TRUE(world_.Send("ScheduleKeyDeletion", schedule));
  const auto deletion = KeyOf(arn)->deletion;
  ASSERT_TRUE(deletion);
  EXPECT_EQ(deletion->window_days, 30U);
  EXPECT_EQ(deletion->requested_by, Administrator().arn);
  EXPECT_EQ(ToEpochMillis(deletion->requested), ToEpochMillis(world_.clock.Now()));
  EXPECT_FALSE(deletion->event_id.empty());
}

}  // namespace
}  // namespace kmaas::api
