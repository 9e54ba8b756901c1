#include "storage/sqlite/database_copy.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include "storage/sqlite/verification.h"
#include "tests/component/storage/database.h"
#include "tests/component/storage/faulty_vfs.h"

namespace kmaas::storage {
namespace {

class DatabaseCopy : public testing::Test {
 protected:
  DatabaseCopy() : store_(database_.Open(OpenMode::kCreate)) {
    for (int row = 0; row < 100; ++row)
      if (!Put(*store_, "k" + std::to_string(row), std::string(200, 'v')))
        throw std::runtime_error("put");
  }
  std::string copy() { return database_.directory().File("copy.db"); }
  IntegrityReport LookAtCopy() {
    SqliteOptions options;
    options.path = copy();
    auto report = VerifyDatabase(options, TestMac());
    if (!report) throw std::runtime_error(report.error().detail);
    return *std::move(report);
  }
  void RemoveCopy() {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
      std::filesystem::remove(copy() + suffix);
  }
  Database database_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(DatabaseCopy, HasWhatOnlyTheWalHas) {
  ASSERT_GT(std::filesystem::file_size(database_.path() + "-wal"), 0U);
  ASSERT_TRUE(CopyDatabase(database_.path(), copy()));
  const IntegrityReport report = LookAtCopy();
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.head, store_->head());
}

// The planted mistake of whoever copies the file with cp.
TEST_F(DatabaseCopy, OfTheMainFileAloneIsSeenToLackWhatTheWalHas) {
  std::filesystem::copy_file(database_.path(), copy());
  SqliteOptions options;
  options.path = copy();
  const auto report = VerifyDatabase(options, TestMac());
  EXPECT_TRUE(!report || report->head != store_->head());
}

TEST_F(DatabaseCopy, IsOneMomentWhateverIsWrittenMeanwhile) {
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int row = 0; !stop; ++row)
      EXPECT_TRUE(Put(*store_, "k" + std::to_string(row % 150), std::to_string(row)));
  });
  for (int round = 0; round < 20; ++round) {
    const std::uint64_t before = store_->head().epoch;
    EXPECT_TRUE(CopyDatabase(database_.path(), copy()));
    const IntegrityReport report = LookAtCopy();
    EXPECT_TRUE(report.intact());
    EXPECT_GE(report.epoch, before);
    RemoveCopy();
  }
  stop = true;
  writer.join();
}

TEST_F(DatabaseCopy, SaysHowFarItIs) {
  std::uint64_t last = 0;
  std::uint64_t all = 1;
  ASSERT_TRUE(CopyDatabase(database_.path(), copy(), [&](std::uint64_t pages, std::uint64_t of) {
    last = pages;
    all = of;
  }));
  EXPECT_EQ(last, all);
}

TEST_F(DatabaseCopy, ReplacesNoFile) {
  ASSERT_TRUE(CopyDatabase(database_.path(), copy()));
  EXPECT_FALSE(CopyDatabase(database_.path(), copy()));
  EXPECT_TRUE(LookAtCopy().intact());
}

TEST_F(DatabaseCopy, OfNothingIsRefused) {
  EXPECT_FALSE(CopyDatabase(database_.directory().File("none.db"), copy()));
}

// Every write in turn, once and for good: an error, or a copy that is whole.
TEST_F(DatabaseCopy, NeverSucceedsWithoutAllOfItsWrites) {
  FaultyVfs& disk = FaultyVfs::Instance();
  for (const Fault fault : {Fault::kOnce, Fault::kFromNow}) {
    bool failed = true;
    for (std::uint64_t n = 1; failed; ++n) {
      disk.Arm(n, fault, SQLITE_FULL);
      const Result<void> copied = CopyDatabase(database_.path(), copy(), {}, FaultyVfs::kName);
      failed = disk.has_failed();
      disk.Heal();
      if (copied) {
        EXPECT_EQ(LookAtCopy().head, store_->head()) << n;
      }
      EXPECT_TRUE(copied || failed) << n;
      RemoveCopy();
    }
  }
}

}  // namespace
}  // namespace kmaas::storage
