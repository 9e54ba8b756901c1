#include "audit/trail.h"

#include <sys/stat.h>

#include <condition_variable>
#include <filesystem>
#include <thread>

#include "audit/trail_files.h"
#include "tests/unit/audit/trail_directory.h"

namespace kmaas::audit {
namespace {

using testing::ElementsAre;

TEST(TrailFiles, AreForTheirOwnerOnly) {
  TrailDirectory directory;
  ASSERT_TRUE(directory.Open()->Append(WriteRecord("a")));
  struct stat found {};
  ASSERT_EQ(stat(directory.File(TrailFileName(1)).c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0600U);
}

TEST(TrailFiles, AreListedByNumberAndNothingElseIs) {
  TrailDirectory directory;
  for (const std::string& name :
       {TrailFileName(10), TrailFileName(9), TrailFileName(1) + ".torn",
        std::string("audit-1.jsonl"), std::string("audit-000000000000000x.jsonl"),
        std::string("audit-0000000000000000.jsonl"), std::string("readme")})
    directory.Replace(name, "");
  EXPECT_THAT(directory.Files(), ElementsAre(TrailFileName(9), TrailFileName(10)));
}

class Rotation : public testing::Test {
 protected:
  void Append(Trail& trail, const std::string& id) {
    ASSERT_TRUE(trail.Append(WriteRecord(id))) << id;
  }
  TrailDirectory directory_;
};

TEST_F(Rotation, BeginsAFileWhenOneIsFull) {
  Append(*directory_.Open(), "1");
  const std::uint64_t line = directory_.Content(TrailFileName(1)).size();
  directory_.options.bytes_per_file_max = 2 * line + 10;
  const auto trail = directory_.Open();
  for (const char* id : {"2", "3", "4", "5"}) Append(*trail, id);
  EXPECT_THAT(directory_.Files(),
              ElementsAre(TrailFileName(1), TrailFileName(3), TrailFileName(5)));
  EXPECT_THAT(directory_.Ids(), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_TRUE(directory_.Verify().intact());
}

TEST_F(Rotation, PutsARecordLargerThanAFileIntoOneOfItsOwn) {
  directory_.options.bytes_per_file_max = 10;
  const auto trail = directory_.Open();
  for (const char* id : {"1", "2"}) Append(*trail, id);
  EXPECT_THAT(directory_.Files(), ElementsAre(TrailFileName(1), TrailFileName(2)));
  EXPECT_TRUE(directory_.Verify().intact());
}

TEST_F(Rotation, BeginsAFileWithEachUtcDay) {
  const auto trail = directory_.Open();
  Append(*trail, "noon");
  directory_.clock.Advance(std::chrono::hours(12) - std::chrono::milliseconds(1));
  Append(*trail, "before midnight");
  directory_.clock.Advance(std::chrono::milliseconds(1));
  Append(*trail, "midnight");
  EXPECT_THAT(directory_.Files(), ElementsAre(TrailFileName(1), TrailFileName(3)));
  EXPECT_TRUE(directory_.Verify().intact());
}

TEST_F(Rotation, BeginsAFileWhenTheServerStartsOnAnotherDay) {
  Append(*directory_.Open(), "1");
  directory_.clock.Advance(std::chrono::hours(24));
  Append(*directory_.Open(), "2");
  EXPECT_THAT(directory_.Files(), ElementsAre(TrailFileName(1), TrailFileName(2)));
}

TEST_F(Rotation, FlushesTheFileThatItLeaves) {
  const auto trail = directory_.Open();
  Append(*trail, "1");
  EXPECT_EQ(directory_.faults.flushed(directory_.File(TrailFileName(1))), 0U);
  directory_.clock.Advance(std::chrono::hours(24));
  Append(*trail, "2");
  EXPECT_EQ(directory_.faults.flushed(directory_.File(TrailFileName(1))),
            directory_.Content(TrailFileName(1)).size());
}

TEST_F(Rotation, RefusesRecordsWhileItCannotBeginAFile) {
  const auto trail = directory_.Open();
  Append(*trail, "1");
  directory_.clock.Advance(std::chrono::hours(24));
  std::filesystem::create_directory(directory_.File(TrailFileName(2)));
  EXPECT_FALSE(trail->Append(WriteRecord("refused")));
  std::filesystem::remove(directory_.File(TrailFileName(2)));
  Append(*trail, "2");
  EXPECT_THAT(directory_.Ids(), ElementsAre("1", "2"));
  EXPECT_TRUE(directory_.Verify().intact());
}

TEST(Flush, MakesEverythingBeforeItDurable) {
  TrailDirectory directory;
  const auto trail = directory.Open();
  ASSERT_TRUE(trail->Append(WriteRecord("a")));
  ASSERT_TRUE(trail->Flush());
  ASSERT_TRUE(trail->Append(WriteRecord("b")));
  ASSERT_TRUE(trail->Flush());
  EXPECT_EQ(directory.faults.flushed(directory.File(TrailFileName(1))),
            directory.Content(TrailFileName(1)).size());
  EXPECT_EQ(trail->counters().flushes, 2U);
  ASSERT_TRUE(trail->Flush());  // nothing is left to do
  EXPECT_EQ(trail->counters().flushes, 2U);
}

TEST(Flush, HappensAtTheEnd) {
  TrailDirectory directory;
  ASSERT_TRUE(directory.Open()->Append(WriteRecord("a")));
  EXPECT_EQ(directory.faults.flushed(directory.File(TrailFileName(1))),
            directory.Content(TrailFileName(1)).size());
}

TEST(Flush, HappensByItselfWithinTheInterval) {
  TrailDirectory directory;
  directory.options.flush_interval = std::chrono::milliseconds(1);
  const auto trail = directory.Open();
  for (const char* id : {"a", "b"}) {
    ASSERT_TRUE(trail->Append(WriteRecord(id)));
    const std::uint64_t size = directory.Content(TrailFileName(1)).size();
    while (directory.faults.flushed(directory.File(TrailFileName(1))) < size)
      std::this_thread::yield();
  }
}

TEST(Delivery, WritesAnEventOnce) {
  TrailDirectory directory;
  const auto trail = directory.Open();
  for (const char* id : {"a", "b", "a", "a", "b"}) EXPECT_TRUE(Deliver(*trail, id));
  EXPECT_THAT(directory.Ids(), ElementsAre("a", "b"));
}

TEST(Delivery, WritesAnEventOnceWhenManyDeliverIt) {
  TrailDirectory directory;
  const auto trail = directory.Open();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&trail] {
      for (int event = 0; event < 50; ++event)
        EXPECT_TRUE(Deliver(*trail, "event-" + std::to_string(event)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::string> ids = directory.Ids();
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

// What did not get in the first time must not count as known.
TEST(Delivery, WritesAnEventWhoseFirstDeliveryFailed) {
  TrailDirectory directory;
  const auto trail = directory.Open();
  directory.faults.Arm(1, Fault::kOnce);
  testing::internal::CaptureStderr();
  EXPECT_FALSE(Deliver(*trail, "a"));
  (void)testing::internal::GetCapturedStderr();
  EXPECT_TRUE(Deliver(*trail, "a"));
  EXPECT_THAT(directory.Ids(), ElementsAre("a"));
}

TEST(Delivery, RefusesWhatItDidNotRender) {
  TrailDirectory directory;
  const auto trail = directory.Open();
  const std::string rendered = trail->Render(WriteRecord("a"));
  EXPECT_FALSE(trail->AppendRendered("b", rendered));
  EXPECT_FALSE(trail->AppendRendered("a", rendered + "\n" + rendered));
  EXPECT_FALSE(trail->AppendRendered("a", "{}"));
  EXPECT_FALSE(trail->AppendRendered("", "{}"));
  EXPECT_THAT(directory.Ids(), testing::IsEmpty());
}

// The first write waits until every other thread has come to the trail, so that they wait behind it
// together; whoever was late for one round is there in another.
TEST(GroupAppend, SharesWrites) {
  constexpr int kThreads = 8;
  TrailDirectory directory;
  FileCalls calls = FileCalls::System();
  std::atomic<int> arrived{0};
  calls.write = [&arrived](int file, const void* bytes, std::size_t size) {
    while (arrived < kThreads) std::this_thread::yield();
    return ::write(file, bytes, size);
  };
  directory.options.calls = &calls;
  const auto trail = directory.Open();
  const auto is_shared = [&] { return trail->counters().writes < trail->counters().records; };
  for (int round = 0; round < 1000 && !is_shared(); ++round) {
    arrived = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        ++arrived;
        EXPECT_TRUE(trail->Append(WriteRecord(std::to_string(thread))));
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_TRUE(is_shared());
  EXPECT_TRUE(directory.Verify().intact());
}

}  // namespace
}  // namespace kmaas::audit
