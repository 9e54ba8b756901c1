#include "siem/delivery.h"

#include <fstream>

#include "tests/unit/siem/delivery_case.h"

namespace kmaas::siem {
namespace {

using testing::ElementsAre;

TEST_F(DeliveryTest, SendsEveryRecordOnceInOrderWhileTheTrailGrows) {
  Append(3);
  Run();
  Append(6);
  Run();
  EXPECT_THAT(receiver_.taken, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_EQ(delivery_->counters().confirmed, 9U);
  EXPECT_EQ(delivery_->lowest_needed(), 10U);
}

TEST_F(DeliveryTest, GoesOnWhereItWasAfterARestart) {
  Append(5);
  Run();
  Restart();
  Append(2);
  Run();
  EXPECT_THAT(receiver_.taken, ElementsAre(1, 2, 3, 4, 5, 6, 7));
}

TEST_F(DeliveryTest, SendsAgainAfterARestartWhatWasNotConfirmed) {
  receiver_.confirms = false;
  Append(2);
  Run(3);
  EXPECT_EQ(delivery_->lowest_needed(), 1U);
  receiver_.confirms = true;
  Restart();
  Run();
  EXPECT_THAT(receiver_.taken, ElementsAre(1, 2, 1, 2));
}

TEST_F(DeliveryTest, LosesNothingWhicheverCallFails) {
  for (int failing = 1; failing <= 12; ++failing) {
    receiver_ = {};
    receiver_.failing_call = failing;
    std::filesystem::remove(options_.cursor_file);
    if (failing == 1) Append(7);
    Restart();
    Run();
    EXPECT_THAT(Firsts(), ElementsAre(1, 2, 3, 4, 5, 6, 7)) << failing;
    EXPECT_EQ(delivery_->counters().confirmed, 7U) << failing;
  }
}

TEST_F(DeliveryTest, GoesOnWhenItsCursorCannotBeWrittenAndSendsAgainAfterARestart) {
  options_.write = [](const std::string&, const std::string&) -> Result<void> {
    return Error{ErrorCode::kKmsInternal, "no space left"};
  };
  Append(3);
  Run();
  EXPECT_GT(delivery_->counters().cursor_failures, 0U);
  EXPECT_EQ(delivery_->lowest_needed(), 1U);
  options_.write = WriteWholeFile;
  Restart();
  Run();
  EXPECT_THAT(receiver_.taken, ElementsAre(1, 2, 3, 1, 2, 3));
}

TEST_F(DeliveryTest, FillsSilenceWithHeartbeats) {
  options_.destination.heartbeat = std::chrono::seconds(60);
  Append(1);
  Run(4);
  EXPECT_GT(delivery_->counters().heartbeats, 0U);
  EXPECT_EQ(delivery_->counters().confirmed, 1U);
}

TEST_F(DeliveryTest, MovesItsCursorOverWhatTheFilterKeepsBack) {
  options_.destination.events = EventFilter::kDenied;
  Append(4);
  Run();
  EXPECT_TRUE(receiver_.taken.empty());
  EXPECT_EQ(delivery_->lowest_needed(), 5U);
}

TEST_F(DeliveryTest, SendsTheTrailAgainWhenTheCursorIsOfAnotherOne) {
  Cursor foreign;
  foreign.head.sequence = 2;
  foreign.head.hash.fill(7);
  ASSERT_TRUE(WriteWholeFile(options_.cursor_file, ToText(foreign)));
  Append(3);
  Run();
  EXPECT_THAT(receiver_.taken, ElementsAre(1, 2, 3));
  EXPECT_GT(delivery_->counters().trail_faults, 0U);
}

TEST_F(DeliveryTest, SendsNothingOnADamagedCursor) {
  std::ofstream(options_.cursor_file) << "kmaas siem cursor 1\nsequence 1x\n";
  Append(1);
  Run();
  EXPECT_TRUE(receiver_.taken.empty());
  EXPECT_GT(delivery_->counters().failures, 0U);
}

TEST_F(DeliveryTest, OnADamagedCursorIsBehindByTheWholeTrail) {
  std::ofstream(options_.cursor_file) << "kmaas siem cursor 1\nsequence 1x\n";
  Append(3);
  Run(1);
  EXPECT_EQ(delivery_->counters().lag_records, 3U);
  EXPECT_EQ(delivery_->lowest_needed(), 1U);
}

TEST_F(DeliveryTest, SendsARecordThatCameInPlaceOfOneThatWasTakenBack) {
  Append(2);
  receiver_.confirms = false;
  Run(1);
  // As a failed write leaves it: the second record was seen and is gone.
  const std::string file = directory_.File("audit-0000000000000001.jsonl");
  trail_.reset();
  std::ifstream stream(file);
  std::string first;
  std::getline(stream, first);
  std::filesystem::resize_file(file, first.size() + 1);
  audit::TrailOptions trail;
  trail.directory = directory_.path();
  trail_ = audit::Trail::Open(trail, clock_).value();
  receiver_.confirms = true;
  ASSERT_TRUE(trail_->Append(fakes::SampleRecord("another")));
  ASSERT_TRUE(trail_->Append(fakes::SampleRecord("third")));
  delivery_->Step();
  Restart();
  Run();
  EXPECT_EQ(receiver_.taken.back(), 3U);
  EXPECT_EQ(std::count(receiver_.taken.begin(), receiver_.taken.end(), 2U), 2);
}

TEST(CursorText, IsReadBackAndNothingElseIs) {
  Cursor cursor;
  cursor.head = {12, {}};
  cursor.seal = 7;
  cursor.error = "two\nlines";
  const std::string text = ToText(cursor);
  const auto read = ParseCursor(text, "c");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->head.sequence, 12U);
  EXPECT_EQ(read->seal, 7U);
  EXPECT_EQ(read->error, "two lines");
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(ParseCursor(text.substr(0, size), "c")) << size;
}

TEST(CursorText, OfBeforeSealsWereSentHasNone) {
  const std::string text = "kmaas siem cursor 1\nsequence 3\nhash " + std::string(64, 'a') +
                           "\nat 1795521600000\nerror \n";
  const auto read = ParseCursor(text, "c");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->head.sequence, 3U);
  EXPECT_EQ(read->seal, 0U);
}

}  // namespace
}  // namespace kmaas::siem
