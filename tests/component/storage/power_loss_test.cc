// Goal: what was acknowledged survives the loss of power, and a change that was under way is there
// whole or not at all. Method: from a log of all writes and flushes, the files are put together as
// they may stand when the power fails at each moment; kill -9 cannot show this, because the
// kernel's pages survive it.
#include <fstream>
#include <map>
#include <random>

#include "base/log.h"
#include "tests/component/storage/database.h"
#include "tests/component/storage/faulty_vfs.h"

namespace kmaas::storage {
namespace {

using Rows = std::map<std::string, std::string>;

Rows RowsOf(SqliteStore& store) {
  Rows rows;
  const auto listed = store.List({"keys", ""});
  if (!listed) return {{"error", listed.error().detail}};
  for (const ports::Row& row : *listed) rows[row.key] = row.value;
  return rows;
}

// Rows of several sizes, each change two rows, so that a half one shows.
Rows ChangeNumber(int number, std::size_t large) {
  return {{"a", std::to_string(number)},
          {"b/" + std::to_string(number % 3), std::string(number % 2 == 0 ? 10 : large, 'b')}};
}

std::size_t Nothing(std::size_t /*size*/) { return 0; }
std::size_t Everything(std::size_t size) { return size; }

class PowerLoss : public testing::Test {
 protected:
  PowerLoss() { log::Configure(log::Level::kError, log::Format::kText); }
  ~PowerLoss() override {
    FaultyVfs::Instance().Record(nullptr);
    log::Configure(log::Level::kInfo, log::Format::kText);
  }

  // Two sessions of `changes` changes each, written down; acknowledged_[i] is the length of the log
  // when state i was acknowledged.
  void Play(int changes, std::size_t large) {
    FaultyVfs::Instance().Record(&log_);
    Rows rows;
    for (int number = 0; number < 2 * changes; ++number) {
      if (number % changes == 0) Restart(number == 0 ? OpenMode::kCreate : OpenMode::kOpenExisting);
      if (number == 0) Acknowledge(rows);
      const Rows change = ChangeNumber(number, large);
      for (const auto& [key, value] : change) rows[key] = value;
      ASSERT_TRUE(store_->Write(
          [&change](ports::Transaction& transaction) -> Result<void> {
            for (const auto& [key, value] : change) KM_CHECK(transaction.Put("keys", key, value));
            return {};
          },
          Deadline::Never()));
      Acknowledge(rows);
    }
    store_.reset();
    FaultyVfs::Instance().Record(nullptr);
  }
  void Restart(OpenMode mode) {
    store_.reset();
    SqliteOptions options = database_.Options(mode);
    options.vfs = FaultyVfs::kName;
    store_ = database_.Open(options);
  }
  void Acknowledge(const Rows& rows) {
    states_.push_back(rows);
    acknowledged_.push_back(log_.size());
  }

  // What an opener finds when the power fails after `entries` entries of the log.
  Rows RowsAfter(std::size_t entries, const Survives& survives) {
    Database found;
    for (const auto& [path, content] : log_.AfterPowerLoss(entries, survives)) {
      std::ofstream file(found.path() + path.substr(database_.path().size()), std::ios::binary);
      file << content;
    }
    SqliteOptions options = found.Options(OpenMode::kOpenExisting);
    options.vfs = FaultyVfs::kName;
    const auto opened = SqliteStore::Open(options, TestMac(), found.clock());
    return opened ? RowsOf(**opened) : Rows{{"error", opened.error().message}};
  }
  void ExpectNothingLost(std::size_t entries, const Survives& survives) {
    std::size_t state = 0;
    while (state + 1 < states_.size() && acknowledged_[state + 1] <= entries) ++state;
    const Rows rows = RowsAfter(entries, survives);
    const bool is_under_way = state + 1 < states_.size() && rows == states_[state + 1];
    EXPECT_TRUE(rows == states_[state] || is_under_way)
        << "entry " << entries << " of " << log_.size() << ", change " << state;
  }
  // Each entry as a whole, or not, or torn.
  Survives AnySubset() {
    return [this](std::size_t size) {
      const std::size_t chance = random_() % 3;
      return chance == 0 ? 0 : chance == 1 ? size : random_() % (size + 1);
    };
  }

  Database database_;
  std::unique_ptr<SqliteStore> store_;
  DiskLog log_;
  std::vector<Rows> states_;
  std::vector<std::size_t> acknowledged_;
  std::mt19937 random_{1};
};

TEST_F(PowerLoss, LosesNothingAcknowledgedAtAnyMoment) {
  Play(5, 20'000);
  testing::internal::CaptureStderr();
  for (std::size_t entries = acknowledged_[0]; entries <= log_.size(); ++entries) {
    ExpectNothingLost(entries, Nothing);
    ExpectNothingLost(entries, Everything);
    for (int subset = 0; subset < 4; ++subset) ExpectNothingLost(entries, AnySubset());
  }
  (void)testing::internal::GetCapturedStderr();
  EXPECT_GT(log_.size(), 100U);
}

// Values so large that the log is checkpointed into the database while the changes go on.
TEST_F(PowerLoss, LosesNothingAcknowledgedDuringCheckpoints) {
  Play(4, 5'000'000);
  testing::internal::CaptureStderr();
  std::uniform_int_distribution<std::size_t> anywhere(acknowledged_[0], log_.size());
  for (int moment = 0; moment < 60; ++moment) ExpectNothingLost(anywhere(random_), AnySubset());
  for (const std::size_t entries : acknowledged_) ExpectNothingLost(entries, Nothing);
  (void)testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace kmaas::storage
