#include "app/reload_outcome.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::app {
namespace {

class ReloadOutcomes : public testing::Test {
 protected:
  ReloadOutcomes() { config.data_directory = folder.path(); }
  void Put(const std::string& text) { std::ofstream(folder.File("reload.outcome")) << text; }

  fakes::TemporaryDirectory folder;
  Config config;
};

TEST_F(ReloadOutcomes, AreReadAsTheyWereWritten) {
  EXPECT_FALSE(ReadReloadOutcome(config));
  ASSERT_TRUE(WriteReloadOutcome(config, {17, false, "a.yaml:1:1: x\na.yaml:2:1: y"}));
  auto read = ReadReloadOutcome(config);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->began, 17U);
  EXPECT_FALSE(read->taken);
  EXPECT_EQ(read->why, "a.yaml:1:1: x\na.yaml:2:1: y");
  ASSERT_TRUE(WriteReloadOutcome(config, {18, true, ""}));
  read = ReadReloadOutcome(config);
  EXPECT_EQ(read->began, 18U);
  EXPECT_TRUE(read->taken);
}

TEST_F(ReloadOutcomes, AreNotMadeOfHalves) {
  for (const char* text : {"", "17", "17 ", "17 tak", "x taken\n", "17 taken", "taken 17\n"}) {
    Put(text);
    EXPECT_FALSE(ReadReloadOutcome(config)) << text;
  }
}

TEST_F(ReloadOutcomes, FailWithoutTheirDirectory) {
  config.data_directory = folder.File("absent");
  EXPECT_FALSE(WriteReloadOutcome(config, {1, true, ""}));
}

TEST_F(ReloadOutcomes, AreOrderedByOneClock) {
  const std::uint64_t first = MonotonicMicroseconds();
  EXPECT_LE(first, MonotonicMicroseconds());
}

}  // namespace
}  // namespace kmaas::app
