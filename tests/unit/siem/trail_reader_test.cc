#include "siem/trail_reader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "audit/trail.h"
#include "audit/trail_files.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/sample_record.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::siem {
namespace {

using Place = TrailReader::Place;
using Step = TrailReader::Step;

class TrailReaderTest : public testing::Test {
 protected:
  TrailReaderTest() {
    audit::TrailOptions options;
    options.directory = directory_.path();
    options.bytes_per_file_max = 2500;  // some records
    options.flush_interval = std::chrono::milliseconds(0);
    trail_ = audit::Trail::Open(options, clock_).value();
  }
  void Append(int records) {
    for (int i = 0; i < records; ++i) {
      ASSERT_TRUE(trail_->Append(fakes::SampleRecord("id-" + std::to_string(++written_))));
      heads_.push_back(trail_->head());
    }
  }
  // Numbers of what can be read now, and how it ends.
  std::pair<std::vector<std::uint64_t>, Step> ReadAll(TrailReader& reader) {
    std::vector<std::uint64_t> numbers;
    TrailReader::Record record;
    for (;;) {
      const Step step = reader.Next(record).value();
      if (step != Step::kRecord) return {numbers, step};
      numbers.push_back(record.head.sequence);
    }
  }
  std::vector<std::string> Files() const {
    const auto files = audit::ListTrailFiles(directory_.path());
    std::vector<std::string> paths;
    for (const audit::TrailFile& file : *files) paths.push_back(file.path);
    return paths;
  }

  fakes::TemporaryDirectory directory_;
  fakes::ManualClock clock_;
  std::unique_ptr<audit::Trail> trail_;
  std::vector<audit::ChainHead> heads_;
  int written_ = 0;
};

TEST_F(TrailReaderTest, GoesOverFilesAndOnWhenTheyGrow) {
  TrailReader reader(directory_.path());
  EXPECT_EQ(reader.StartAfter({}).value(), Place::kThere);
  EXPECT_EQ(ReadAll(reader).second, Step::kEnd);
  for (int round = 1; round <= 4; ++round) {
    Append(5);
    EXPECT_EQ(ReadAll(reader).first.size(), 5U) << round;
  }
  EXPECT_GT(Files().size(), 3U);
  EXPECT_EQ(reader.sequence(), 20U);
}

TEST_F(TrailReaderTest, BeginsBehindAnyRecord) {
  Append(12);
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    TrailReader reader(directory_.path());
    EXPECT_EQ(reader.StartAfter(heads_[i]).value(), Place::kThere);
    EXPECT_EQ(ReadAll(reader).first.size(), heads_.size() - i - 1);
  }
}

TEST_F(TrailReaderTest, SaysWhenFilesWereRemovedAndWhenTheTrailIsAnotherOne) {
  Append(12);
  const auto files = audit::ListTrailFiles(directory_.path()).value();
  const std::uint64_t kept = files[1].first_sequence;
  std::filesystem::remove(files[0].path);
  TrailReader reader(directory_.path());
  EXPECT_EQ(reader.StartAfter(heads_[kept - 2]).value(), Place::kThere);  // just what is gone
  EXPECT_EQ(ReadAll(reader).first.front(), kept);
  EXPECT_EQ(reader.StartAfter(heads_[kept - 3]).value(), Place::kRemoved);
  EXPECT_EQ(ReadAll(reader).first.front(), kept);
  audit::ChainHead foreign = heads_[10];
  foreign.hash[0] ^= 1U;
  EXPECT_EQ(reader.StartAfter(foreign).value(), Place::kForeign);
  EXPECT_EQ(reader.StartAfter({500, heads_[0].hash}).value(), Place::kForeign);
}

TEST_F(TrailReaderTest, WaitsForTheRestOfALineAndStopsAtOneThatDoesNotContinue) {
  Append(2);
  trail_.reset();
  const std::string file = Files().back();
  std::ofstream(file, std::ios::app) << R"({"seq":3,"prev":")";
  TrailReader reader(directory_.path());
  ASSERT_TRUE(reader.StartAfter({}));
  EXPECT_EQ(ReadAll(reader), std::pair(std::vector<std::uint64_t>{1, 2}, Step::kEnd));
  std::ofstream(file, std::ios::app) << "nothing\n";
  EXPECT_EQ(ReadAll(reader).second, Step::kBroken);
  EXPECT_EQ(ReadAll(reader).second, Step::kBroken);  // until somebody accepts it
  reader.AcceptBreak();
  EXPECT_EQ(ReadAll(reader).second, Step::kBroken);  // passed over
  EXPECT_EQ(ReadAll(reader).second, Step::kEnd);
}

TEST_F(TrailReaderTest, SeesThatAFileGotShorter) {
  Append(2);
  TrailReader reader(directory_.path());
  ASSERT_TRUE(reader.StartAfter({}));
  EXPECT_EQ(ReadAll(reader).first.size(), 2U);
  std::filesystem::resize_file(Files().back(), 100);
  EXPECT_EQ(ReadAll(reader).second, Step::kBroken);
}

TEST_F(TrailReaderTest, KnowsTheNewestNumberWithoutReadingAll) {
  EXPECT_EQ(NewestSequence(directory_.path()).value(), 0U);
  Append(9);
  EXPECT_EQ(NewestSequence(directory_.path()).value(), 9U);
  std::ofstream(Files().back(), std::ios::app) << R"({"seq":10,"prev)";
  EXPECT_EQ(NewestSequence(directory_.path()).value(), 9U);
  EXPECT_FALSE(NewestSequence(directory_.File("absent")));
}

}  // namespace
}  // namespace kmaas::siem
