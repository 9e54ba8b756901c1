// Goal: what the trail acknowledged stands in it, once, and what it refused does not. Method: the
// n-th call of write, cut and flush fails, for every n until a run passes untouched.
#include <algorithm>
#include <thread>

#include "audit/append_file.h"
#include "audit/trail_files.h"
#include "tests/unit/audit/trail_directory.h"

namespace kmaas::audit {
namespace {

using testing::ElementsAre;

class TrailFaults : public testing::Test {
 protected:
  TrailFaults() { testing::internal::CaptureStderr(); }
  ~TrailFaults() override { (void)testing::internal::GetCapturedStderr(); }

  // Ids of what was acknowledged: appends, deliveries, flushes and a new day between them.
  static std::vector<std::string> Play(TrailDirectory& directory) {
    std::vector<std::string> acknowledged;
    for (int session = 0; session < 2; ++session) {
      const auto trail = directory.TryOpen();
      if (!trail) continue;
      for (int record = 0; record < 6; ++record) {
        const std::string id = std::to_string(session) + "-" + std::to_string(record);
        if (record == 4) directory.clock.Advance(std::chrono::hours(24));
        const bool is_in = record % 2 == 0 ? (*trail)->Append(WriteRecord(id)).has_value()
                                           : Deliver(**trail, id).has_value();
        if (is_in) acknowledged.push_back(id);
        if (record % 3 == 2) (void)(*trail)->Flush();
      }
    }
    return acknowledged;
  }

  static void FailEveryCall(Fault fault) {
    std::uint64_t n = 1;
    for (bool failed = true; failed; ++n) {
      TrailDirectory directory;
      directory.faults.Arm(n, fault);
      const std::vector<std::string> acknowledged = Play(directory);
      failed = directory.faults.has_failed();
      directory.faults.Heal();
      const auto trail = directory.TryOpen();
      ASSERT_TRUE(trail) << n << ": " << trail.error().message;
      EXPECT_EQ(directory.Ids(), acknowledged) << n;
      EXPECT_TRUE((*trail)->Append(WriteRecord("after")));
      EXPECT_TRUE((*trail)->Flush());
      EXPECT_TRUE(directory.Verify().intact()) << n;
    }
    EXPECT_GT(n, 20U);  // the script does reach the disk
  }
};

TEST_F(TrailFaults, LoseNothingWhenAnyOneCallFails) { FailEveryCall(Fault::kOnce); }

TEST_F(TrailFaults, AreLoggedOnceAndWhenTheyAreOver) {
  TrailDirectory directory;
  const auto trail = directory.Open();
  ASSERT_TRUE(trail->Append(WriteRecord("before")));
  directory.faults.Arm(1, Fault::kFromNow);
  for (int tries = 0; tries < 5; ++tries) EXPECT_FALSE(trail->Append(WriteRecord("refused")));
  for (int tries = 0; tries < 5; ++tries) EXPECT_FALSE(trail->Flush());
  directory.faults.Heal();
  EXPECT_TRUE(trail->Append(WriteRecord("after")));
  EXPECT_TRUE(trail->Flush());
  const std::string log = testing::internal::GetCapturedStderr();
  testing::internal::CaptureStderr();
  for (const char* line :
       {"audit_write_failed", "audit_flush_failed", "audit_writes_again", "audit_flushes_again"}) {
    const std::size_t first = log.find(line);
    ASSERT_NE(first, std::string::npos) << line;
    EXPECT_EQ(log.find(line, first + 1), std::string::npos) << line;
  }
}

TEST_F(TrailFaults, LoseNothingWhenTheDiskBreaksAtAnyCall) { FailEveryCall(Fault::kFromNow); }

TEST_F(TrailFaults, RefuseEveryRecordWhileTheDiskIsFullAndNoneAfterwards) {
  TrailDirectory directory;
  const auto trail = directory.Open();
  ASSERT_TRUE(trail->Append(WriteRecord("a")));
  directory.faults.Arm(1, Fault::kFromNow);
  for (int attempt = 0; attempt < 3; ++attempt) EXPECT_FALSE(trail->Append(WriteRecord("refused")));
  EXPECT_EQ(trail->counters().failed_writes, 3U);
  directory.faults.Heal();
  EXPECT_TRUE(trail->Append(WriteRecord("b")));
  EXPECT_THAT(directory.Ids(), ElementsAre("a", "b"));
  EXPECT_TRUE(directory.Verify().intact());
}

// What the kernel forgot is not vouched for, and what comes after it is not taken either.
// Half a record that could not be cut off either, and then a new day: no start would mend a file
// that is not the newest.
TEST_F(TrailFaults, LeaveNoHalfRecordInAFileThatIsOver) {
  TrailDirectory directory;
  auto trail = directory.Open();
  ASSERT_TRUE(trail->Append(WriteRecord("before")));
  directory.faults.Arm(1, Fault::kFromNow);
  EXPECT_FALSE(trail->Append(WriteRecord("refused")));
  directory.clock.Advance(std::chrono::hours(24));
  EXPECT_FALSE(trail->Append(WriteRecord("refused too")));
  directory.faults.Heal();
  EXPECT_TRUE(trail->Append(WriteRecord("after")));
  trail.reset();
  EXPECT_EQ(directory.Files().size(), 2U);
  EXPECT_TRUE(directory.Verify().intact());
  EXPECT_TRUE(directory.TryOpen());
}

TEST_F(TrailFaults, RefuseRecordsAfterAFailedFlushUntilOneSucceeds) {
  TrailDirectory directory;
  const auto trail = directory.Open();
  ASSERT_TRUE(trail->Append(WriteRecord("a")));
  directory.faults.Arm(1, Fault::kFromNow);
  EXPECT_FALSE(trail->Flush());
  EXPECT_FALSE(trail->Append(WriteRecord("refused")));
  EXPECT_EQ(trail->counters().failed_flushes, 2U);
  EXPECT_EQ(trail->counters().failed_writes, 0U);
  directory.faults.Heal();
  EXPECT_TRUE(trail->Append(WriteRecord("b")));
  EXPECT_THAT(directory.Ids(), ElementsAre("a", "b"));
  EXPECT_TRUE(directory.Verify().intact());
}

TEST_F(TrailFaults, TellEveryWriterOfAFailedGroupTheTruth) {
  constexpr int kThreads = 8;
  TrailDirectory directory;
  const auto trail = directory.Open();
  directory.faults.Arm(20, Fault::kOnce);
  std::mutex mutex;
  std::vector<std::string> acknowledged;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int record = 0; record < 40; ++record) {
        const std::string id = std::to_string(thread) + "-" + std::to_string(record);
        if (!trail->Append(WriteRecord(id))) continue;
        const std::lock_guard lock(mutex);
        acknowledged.push_back(id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(directory.faults.has_failed());
  EXPECT_THAT(directory.Ids(), testing::UnorderedElementsAreArray(acknowledged));
  EXPECT_TRUE(directory.Verify().intact());
}

// Not failures: the kernel took some of it, or nothing because of a signal.
TEST_F(TrailFaults, AreNotShortAndInterruptedWrites) {
  TrailDirectory directory;
  FileCalls calls = FileCalls::System();
  int call = 0;
  calls.write = [&call](int file, const void* bytes, std::size_t size) -> ssize_t {
    if (++call % 2 == 0) {
      errno = EINTR;
      return -1;
    }
    return ::write(file, bytes, std::min<std::size_t>(size, 100));
  };
  directory.options.calls = &calls;
  const auto trail = directory.Open();
  for (const char* id : {"a", "b"}) EXPECT_TRUE(trail->Append(WriteRecord(id)));
  EXPECT_THAT(directory.Ids(), ElementsAre("a", "b"));
  EXPECT_TRUE(directory.Verify().intact());
}

}  // namespace
}  // namespace kmaas::audit
