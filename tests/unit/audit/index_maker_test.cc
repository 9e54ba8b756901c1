#include "audit/index_maker.h"

#include <filesystem>

#include "audit/file_index.h"
#include "tests/unit/audit/trail_directory.h"

namespace kmaas::audit {
namespace {

// Four files, one a day; the last takes records.
class IndexesOfATrail : public testing::Test {
 protected:
  IndexesOfATrail() : trail_(directory_.Open()) {
    for (int number = 1; number <= 4; ++number) Append(number);
  }
  void Append(int number) {
    if (number > 1) directory_.clock.Advance(std::chrono::hours(24));
    if (!trail_->Append(fakes::SampleRecord("event-" + std::to_string(number))))
      throw std::runtime_error("append");
  }
  std::vector<TrailFile> Files() const { return *ListTrailFiles(directory_.path()); }
  // Which files have one, as "1010".
  std::string Indexed() const {
    std::string marks;
    for (const TrailFile& file : Files()) marks += FileIndex::Open(file) ? '1' : '0';
    return marks;
  }
  TrailDirectory directory_;
  std::unique_ptr<Trail> trail_;
  IndexMaker maker_{directory_.path()};
};

TEST_F(IndexesOfATrail, AreMadeOneAtATimeNewestFirst) {
  EXPECT_EQ(Indexed(), "0000");
  maker_.Tick();
  EXPECT_EQ(Indexed(), "0010");
  EXPECT_EQ(maker_.counters().missing, 2U);
  maker_.Tick();
  maker_.Tick();
  EXPECT_EQ(Indexed(), "1110");
  maker_.Tick();
  EXPECT_EQ(Indexed(), "1110");
  EXPECT_EQ(maker_.counters().made, 3U);
  EXPECT_EQ(maker_.counters().missing, 0U);
  EXPECT_EQ(maker_.counters().failed, 0U);
}

TEST_F(IndexesOfATrail, AreMadeWhenAFileFills) {
  for (int tick = 0; tick < 3; ++tick) maker_.Tick();
  Append(5);
  maker_.Tick();
  EXPECT_EQ(Indexed(), "11110");
}

TEST_F(IndexesOfATrail, AreMadeAnewWhereTheyAreOfNoUse) {
  for (int tick = 0; tick < 3; ++tick) maker_.Tick();
  directory_.Replace(std::filesystem::path(IndexPath(Files()[1])).filename().string(), "spoilt");
  IndexMaker restarted(directory_.path());
  restarted.Tick();
  EXPECT_EQ(Indexed(), "1110");
  EXPECT_EQ(restarted.counters().made, 1U);
}

// Where an index cannot be written the trail goes on, and so do the ticks.
TEST_F(IndexesOfATrail, AreLeftAloneForAWhileWhenOneFails) {
  const std::string in_the_way = IndexPath(Files()[2]) + "." + std::to_string(getpid());
  std::filesystem::create_directories(in_the_way + "/occupied");
  maker_.Tick();
  maker_.Tick();
  EXPECT_EQ(maker_.counters().failed, 1U);
  EXPECT_EQ(Indexed(), "0000");
  std::filesystem::remove_all(in_the_way);
  for (int tick = 0; tick < 400; ++tick) maker_.Tick();
  EXPECT_EQ(Indexed(), "1110");
}

}  // namespace
}  // namespace kmaas::audit
