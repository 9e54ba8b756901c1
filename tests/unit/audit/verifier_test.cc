#include "audit/verifier.h"

#include <filesystem>
#include <fstream>

#include "audit/chain.h"
#include "audit/trail_files.h"
#include "tests/unit/audit/trail_directory.h"

namespace kmaas::audit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Nine records in three files of three: a file for each day.
class Verifier : public testing::Test {
 protected:
  Verifier() {
    const auto trail = directory_.Open();
    for (int record = 1; record <= 9; ++record) {
      if (!trail->Append(WriteRecord("id-" + std::to_string(record))))
        throw std::runtime_error("append");
      if (record % 3 == 0) directory_.clock.Advance(std::chrono::hours(24));
    }
  }
  // "kind file:line record" of each finding.
  std::vector<std::string> Findings() {
    std::vector<std::string> texts;
    for (const Finding& finding : directory_.Verify().findings) {
      texts.push_back(std::string(FindingName(finding.kind)) + " " + finding.file.substr(21, 1) +
                      ":" + std::to_string(finding.line) + " " + std::to_string(finding.sequence));
    }
    return texts;
  }
  using Lines = std::vector<std::string>;
  TrailDirectory directory_;
  const std::string first_ = TrailFileName(1);
  const std::string second_ = TrailFileName(4);
  const std::string third_ = TrailFileName(7);
};

// What `line` would be if its writer had said `event` in its place; its own hash is right.
std::string Rewritten(const std::string& line, const std::string& event) {
  const auto parsed = ParseLine(line);
  ChainHead head{parsed->sequence - 1, parsed->previous};
  std::string out;
  AppendRecord(out, head, event);
  out.pop_back();
  return out;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST_F(Verifier, FindsNothingWrongWithAWholeTrail) {
  const VerifyReport report = directory_.Verify();
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.files, 3U);
  EXPECT_EQ(report.records, 9U);
  EXPECT_EQ(report.first_sequence, 1U);
  EXPECT_EQ(report.last_sequence, 9U);
  EXPECT_EQ(report.head, ParseLine(SplitLines(directory_.Content(third_))[2])->hash);
}

TEST_F(Verifier, FindsNothingWrongWithNoTrail) {
  const TrailDirectory empty;
  const VerifyReport report = empty.Verify();
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(report.records, 0U);
  EXPECT_EQ(report.head, Genesis().hash);
}

TEST_F(Verifier, CannotReadADirectoryThatIsNotThere) {
  EXPECT_FALSE(VerifyTrail(directory_.File("nowhere")));
}

TEST_F(Verifier, FindsAChangedRecord) {
  directory_.Edit(second_, [](Lines& lines) { lines[1] = Replaced(lines[1], "alice", "bobby"); });
  EXPECT_THAT(Findings(), ElementsAre("changed 4:2 5"));
}

TEST_F(Verifier, FindsAChangedRecordWhoseHashWasMadeToFit) {
  directory_.Edit(second_,
                  [](Lines& lines) { lines[1] = Rewritten(lines[1], R"({"eventName":"other"})"); });
  EXPECT_THAT(Findings(), ElementsAre("changed 4:3 6"));
}

TEST_F(Verifier, FindsMissingRecords) {
  directory_.Edit(second_, [](Lines& lines) { lines.erase(lines.begin() + 1); });
  EXPECT_THAT(Findings(), ElementsAre("gap 4:2 6"));
}

TEST_F(Verifier, FindsReorderedRecords) {
  directory_.Edit(second_, [](Lines& lines) { std::swap(lines[0], lines[1]); });
  EXPECT_THAT(Findings(), testing::Contains("reordered 4:2 4"));
  EXPECT_THAT(Findings(), testing::Not(testing::Contains(testing::HasSubstr("changed"))));
}

TEST_F(Verifier, FindsARecordThatStandsTwice) {
  directory_.Edit(second_, [](Lines& lines) { lines.insert(lines.begin() + 1, lines[0]); });
  EXPECT_THAT(Findings(), ElementsAre("fork 4:2 4"));
}

TEST_F(Verifier, FindsASecondHistory) {
  directory_.Edit(third_, [](Lines& lines) {
    const auto start = ParseLine(lines[1]);
    ChainHead head{start->sequence - 1, start->previous};
    std::string other;
    AppendRecord(other, head, R"({"eventName":"other"})");
    AppendRecord(other, head, R"({"eventName":"another"})");
    for (const std::string& line : SplitLines(other)) lines.push_back(line);
  });
  EXPECT_THAT(Findings(), ElementsAre("fork 7:4 8"));
}

TEST_F(Verifier, FindsAFileCutOffAtItsEnd) {
  directory_.Edit(first_, [](Lines& lines) { lines.pop_back(); });
  EXPECT_THAT(Findings(), ElementsAre("cut-off 4:1 4"));
}

TEST_F(Verifier, FindsAFileThatIsMissing) {
  std::filesystem::remove(directory_.File(second_));
  EXPECT_THAT(Findings(), ElementsAre("cut-off 7:1 7"));
}

TEST_F(Verifier, FindsAFirstFileThatIsMissing) {
  std::filesystem::remove(directory_.File(first_));
  EXPECT_THAT(Findings(), ElementsAre("cut-off 4:1 4"));
}

TEST_F(Verifier, FindsAMisnamedFile) {
  std::filesystem::rename(directory_.File(second_), directory_.File(TrailFileName(5)));
  EXPECT_THAT(Findings(), ElementsAre("misnamed 5:1 4"));
}

TEST_F(Verifier, FindsWhatIsNoLineOfATrail) {
  directory_.Edit(second_, [](Lines& lines) { lines.insert(lines.begin() + 1, "rubbish"); });
  EXPECT_THAT(Findings(), ElementsAre("unreadable 4:2 0"));
}

TEST_F(Verifier, FindsATornLastLine) {
  const std::string content = directory_.Content(third_);
  directory_.Replace(third_, content.substr(0, content.size() - 1));
  EXPECT_THAT(Findings(), ElementsAre("torn 7:3 0"));
}

TEST_F(Verifier, FindsATornLineInsideTheTrail) {
  const std::string content = directory_.Content(first_);
  directory_.Replace(first_, content.substr(0, content.size() - 10));
  EXPECT_THAT(Findings(), ElementsAre("torn 1:3 0", "cut-off 4:1 4"));
}

// Dropped newest records leave a chain that is whole: only the head tells.
TEST_F(Verifier, ReportsAnotherHeadWhenTheNewestRecordIsGone) {
  const VerifyReport before = directory_.Verify();
  directory_.Edit(third_, [](Lines& lines) { lines.pop_back(); });
  const VerifyReport after = directory_.Verify();
  EXPECT_TRUE(after.intact());
  EXPECT_EQ(after.last_sequence, 8U);
  EXPECT_NE(after.head, before.head);
}

TEST_F(Verifier, FindsEveryLineThatIsDropped) {
  for (const std::string& name : {first_, second_, third_}) {
    const std::string content = directory_.Content(name);
    for (std::size_t line = 0; line < (name == third_ ? 2U : 3U); ++line) {
      directory_.Edit(name, [line](Lines& lines) {
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line));
      });
      EXPECT_THAT(Findings(), testing::Not(IsEmpty())) << name << line;
      directory_.Replace(name, content);
    }
  }
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Verifier, FindsEveryPairThatIsSwapped) {
  const std::string names[] = {first_, second_, third_};
  for (std::size_t one = 0; one < 9; ++one) {
    for (std::size_t other = one + 1; other < 9; ++other) {
      std::string contents[] = {directory_.Content(first_), directory_.Content(second_),
                                directory_.Content(third_)};
      const std::string moved = SplitLines(contents[one / 3])[one % 3];
      std::string replaced;
      directory_.Edit(names[other / 3],
                      [&](Lines& lines) { replaced = std::exchange(lines[other % 3], moved); });
      directory_.Edit(names[one / 3], [&](Lines& lines) { lines[one % 3] = replaced; });
      EXPECT_THAT(Findings(), testing::Not(IsEmpty())) << one << " " << other;
      for (std::size_t file = 0; file < 3; ++file) directory_.Replace(names[file], contents[file]);
    }
  }
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Verifier, FindsEveryByteThatIsChanged) {
  const std::string content = directory_.Content(second_);
  std::fstream file(directory_.File(second_), std::ios::in | std::ios::out | std::ios::binary);
  for (std::size_t at = 0; at < content.size(); ++at) {
    const auto place = static_cast<std::streamoff>(at);
    file.seekp(place).put(static_cast<char>(content[at] ^ (1U << (at % 8)))).flush();
    EXPECT_FALSE(directory_.Verify().intact()) << at;
    file.seekp(place).put(content[at]).flush();
  }
  EXPECT_TRUE(directory_.Verify().intact());
}

TEST(FindingNames, AreDistinct) {
  std::vector<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(FindingKind::kUnknownKey); ++kind)
    names.push_back(FindingName(static_cast<FindingKind>(kind)));
  EXPECT_THAT(
      names, ElementsAre("changed", "gap", "reordered", "fork", "cut-off", "misnamed", "unreadable",
                         "torn", "rewritten", "bad-signature", "unknown-key"));
}

}  // namespace
}  // namespace kmaas::audit
