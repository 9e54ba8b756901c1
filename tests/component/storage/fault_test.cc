#include <unistd.h>

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include "base/log.h"
#include "tests/component/storage/database.h"
#include "tests/component/storage/faulty_vfs.h"

namespace kmaas::storage {
namespace {

using Rows = std::map<std::string, std::string>;
// Absent value: delete.
using Edit = std::vector<std::pair<std::string, std::optional<std::string>>>;

void Apply(const Edit& edit, Rows& rows) {
  for (const auto& [key, value] : edit) {
    if (value) {
      rows[key] = *value;
    } else {
      rows.erase(key);
    }
  }
}

Rows RowsOf(SqliteStore& store) {
  Rows rows;
  const auto listed = store.List({"keys", ""});
  if (!listed) return {{"error", listed.error().detail}};
  for (const ports::Row& row : *listed) rows[row.key] = row.value;
  return rows;
}

// Small rows, rows over several pages, replacements, deletions, a change that fails by itself.
std::vector<Edit> Script() {
  const std::string large(20'000, 'l');
  std::vector<Edit> script = {
      {{"a", "1"}},
      {{"b", "1"}, {"c", large}},
      {{"a", "2"}, {"b", std::nullopt}},
      {{"c", "small"}, {"d", large}},
      {{"d", std::nullopt}, {"e", "1"}, {"f", "1"}},
  };
  return script;
}

// Plays the script over a store whose I/O fails, remembers what was acknowledged, and checks after
// each failure that what is read is exactly that.
class Play {
 public:
  explicit Play(Database& database) : database_(database) {}

  void Run() {
    SqliteOptions options = database_.Options(OpenMode::kCreate);
    options.vfs = FaultyVfs::kName;
    if (!Session(options)) {
      // Nothing is left of a creation that failed, so the next one can be.
      EXPECT_NE(access(options.path.c_str(), F_OK), 0);
      return;
    }
    options.mode = OpenMode::kOpenExisting;
    (void)Session(options);
  }

  const Rows& acknowledged() const { return acknowledged_; }
  // What any one of the refused changes would have made of it.
  const std::vector<Rows>& doubtful() const { return doubtful_; }
  bool is_created() const { return is_created_; }

 private:
  bool Session(const SqliteOptions& options) {
    auto opened = SqliteStore::Open(options, TestMac(), database_.clock());
    if (!opened) {
      EXPECT_FALSE(opened.error().message.empty());
      return false;
    }
    is_created_ = true;
    for (const Edit& edit : Script()) Change(**opened, edit);
    return true;
  }
  void Change(SqliteStore& store, const Edit& edit) {
    const auto written = store.Write(
        [&edit](ports::Transaction& change) -> Result<void> {
          for (const auto& [key, value] : edit)
            KM_CHECK(value ? change.Put("keys", key, *value) : change.Delete("keys", key));
          return {};
        },
        Deadline::Never());
    if (written) {
      Apply(edit, acknowledged_);
    } else {
      EXPECT_EQ(written.error().code, ErrorCode::kDependencyTimeout) << written.error().detail;
      doubtful_.push_back(acknowledged_);
      Apply(edit, doubtful_.back());
    }
    EXPECT_EQ(RowsOf(store), acknowledged_);
  }

  Database& database_;
  Rows acknowledged_;
  std::vector<Rows> doubtful_;
  bool is_created_ = false;
};

class Faults : public testing::Test {
 protected:
  Faults() { log::Configure(log::Level::kError, log::Format::kText); }
  ~Faults() override {
    FaultyVfs::Instance().Heal();
    log::Configure(log::Level::kInfo, log::Format::kText);
  }

  // Plays with the n-th call failing, for every n until none fails. In the end the healed file must
  // hold what was acknowledged; when the disk was broken to the end, a commit whose flush failed
  // may be there, but then whole.
  void FailEveryCall(Fault fault, int write_code) {
    testing::internal::CaptureStderr();
    std::uint64_t n = 1;
    for (bool failed = true; failed; ++n) {
      Database database;
      FaultyVfs::Instance().Arm(n, fault, write_code);
      Play play(database);
      play.Run();
      failed = FaultyVfs::Instance().has_failed();
      FaultyVfs::Instance().Heal();
      if (!play.is_created()) continue;
      const auto reopened = database.TryOpen();
      ASSERT_TRUE(reopened) << n << ": " << reopened.error().detail;
      const Rows rows = RowsOf(**reopened);
      const bool may_doubt = fault == Fault::kFromNow;
      EXPECT_TRUE(rows == play.acknowledged() ||
                  (may_doubt && testing::Value(play.doubtful(), testing::Contains(rows))))
          << n;
      EXPECT_TRUE(Put(**reopened, "after", "1")) << n;
    }
    (void)testing::internal::GetCapturedStderr();
    EXPECT_GT(n, 60U);  // the script does reach the disk
  }
};

TEST_F(Faults, LoseNothingWhenAnyOneCallFails) { FailEveryCall(Fault::kOnce, SQLITE_IOERR_WRITE); }

TEST_F(Faults, LoseNothingWhenTheDiskIsFullFromAnyCallOn) {
  FailEveryCall(Fault::kFromNow, SQLITE_FULL);
}

TEST_F(Faults, LoseNothingWhenTheDiskBreaksAtAnyCall) {
  FailEveryCall(Fault::kFromNow, SQLITE_IOERR_WRITE);
}

class FullDisk : public Faults {
 protected:
  FullDisk() {
    FaultyVfs::Instance().Heal();
    SqliteOptions options = database_.Options(OpenMode::kCreate);
    options.vfs = FaultyVfs::kName;
    store_ = database_.Open(options);
  }
  Database database_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(FullDisk, RefusesWritesServesReadsAndRecoversWithoutARestart) {
  ASSERT_TRUE(Put(*store_, "a", "1"));
  FaultyVfs::Instance().Arm(1, Fault::kFromNow, SQLITE_FULL);
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto refused = Put(*store_, "a", "2");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kDependencyTimeout);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("full"));
    EXPECT_EQ(Get(*store_, "a"), "1");
  }
  EXPECT_EQ(store_->counters().failed_commits, 3U);
  FaultyVfs::Instance().Heal();
  EXPECT_TRUE(Put(*store_, "a", "3"));
  EXPECT_EQ(Get(*store_, "a"), "3");
}

// Each thread's rows say which of its changes were acknowledged; a failed group fails as one.
TEST_F(FullDisk, TellsEveryWriterOfAFailedGroupTheTruth) {
  constexpr int kThreads = 8;
  constexpr int kRows = 40;
  std::array<Rows, kThreads> acknowledged;
  FaultyVfs::Instance().Arm(60, Fault::kOnce, SQLITE_FULL);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int row = 0; row < kRows; ++row) {
        const std::string key = std::to_string(thread) + "/" + std::to_string(row);
        if (Put(*store_, key, "v")) acknowledged[static_cast<std::size_t>(thread)][key] = "v";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(FaultyVfs::Instance().has_failed());
  Rows all;
  for (const Rows& rows : acknowledged) all.insert(rows.begin(), rows.end());
  EXPECT_EQ(RowsOf(*store_), all);
  store_.reset();
  EXPECT_EQ(RowsOf(*database_.Open(OpenMode::kOpenExisting)), all);
}

// The flush of a commit fails, and the machine stops before anything else is written: what was
// refused must not come back.
TEST_F(FullDisk, DoesNotBringBackARefusedChangeAfterACrash) {
  ASSERT_TRUE(Put(*store_, "a", "1"));
  // The next commit writes its frames and flushes.
  for (std::uint64_t n = 1; n <= 10; ++n) {
    FaultyVfs::Instance().Arm(n, Fault::kOnce, SQLITE_IOERR_WRITE);
    const bool written = Put(*store_, "a", "refused").has_value();
    FaultyVfs::Instance().Heal();
    if (written) {
      ASSERT_TRUE(Put(*store_, "a", "1"));
    }
    Database crashed;
    for (const char* suffix : {"", "-wal"})
      std::filesystem::copy_file(database_.path() + suffix, crashed.path() + suffix);
    EXPECT_EQ(Get(*crashed.Open(OpenMode::kOpenExisting), "a"), "1") << n;
  }
}

}  // namespace
}  // namespace kmaas::storage
