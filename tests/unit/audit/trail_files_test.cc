// What reading a file line by line refuses.
#include "audit/trail_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::audit {
namespace {

struct Lines : testing::Test {
  void Write(const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
  // "start:text", and a bar behind what no newline ends.
  std::vector<std::string> Read() {
    std::vector<std::string> lines;
    const Result<void> read = ReadLines(path, [&lines](const RawLine& line) {
      EXPECT_EQ(line.number, lines.size() + 1);
      lines.push_back(std::to_string(line.start) + ":" + std::string(line.text) +
                      (line.is_whole ? "" : "|"));
    });
    EXPECT_TRUE(read);
    return lines;
  }

  fakes::TemporaryDirectory directory;
  const std::string path = directory.path() + "/file";
};

TEST_F(Lines, AreGivenWithTheirPlaces) {
  Write("");
  EXPECT_EQ(Read(), std::vector<std::string>());
  Write("one\n\ntwo\nth");
  EXPECT_EQ(Read(), (std::vector<std::string>{"0:one", "4:", "5:two", "9:th|"}));
  const std::string longer(300'000, 'x');
  Write(longer + "\n" + longer + "\n");
  EXPECT_EQ(Read(), (std::vector<std::string>{"0:" + longer, "300001:" + longer}));
}

TEST_F(Lines, AreNotReadFromWhatIsNoFile) {
  ASSERT_EQ(mkfifo(path.c_str(), S_IRUSR | S_IWUSR), 0);
  EXPECT_FALSE(ReadLines(path, [](const RawLine& /*line*/) {}));
  EXPECT_FALSE(ReadLines("/dev/zero", [](const RawLine& /*line*/) {}));
  EXPECT_FALSE(ReadLines(directory.path(), [](const RawLine& /*line*/) {}));
}

TEST_F(Lines, WithoutAnEndAreRefusedBeforeTheyFillTheMemory) {
  Write("one\n");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 33U);
  EXPECT_FALSE(ReadLines(path, [](const RawLine& /*line*/) {}));
}

}  // namespace
}  // namespace kmaas::audit
