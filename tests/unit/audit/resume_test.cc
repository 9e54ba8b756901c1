// Opening a trail that is there: what a crash left is mended, what somebody changed is refused.
#include <unistd.h>

#include <filesystem>

#include "audit/trail_files.h"
#include "base/log.h"
#include "tests/unit/audit/trail_directory.h"

namespace kmaas::audit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Resume : public testing::Test {
 protected:
  void Append(const std::vector<std::string>& ids) {
    const auto trail = directory_.Open();
    for (const std::string& id : ids) ASSERT_TRUE(trail->Append(WriteRecord(id))) << id;
  }
  std::string RefusalOf() {
    const auto opened = directory_.TryOpen();
    return opened ? "opened" : opened.error().message;
  }
  TrailDirectory directory_;
  const std::string first_ = TrailFileName(1);
};

TEST_F(Resume, ContinuesTheChain) {
  Append({"a", "b"});
  Append({"c"});
  EXPECT_THAT(directory_.Ids(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(directory_.Files(), ElementsAre(first_));
  EXPECT_TRUE(directory_.Verify().intact());
}

TEST_F(Resume, BeginsWithAnEmptyDirectory) {
  directory_.Open().reset();
  EXPECT_THAT(directory_.Files(), testing::IsEmpty());
  EXPECT_TRUE(directory_.Verify().intact());
}

TEST_F(Resume, UsesAFileThatACrashLeftEmpty) {
  Append({"a"});
  directory_.Replace(TrailFileName(2), "");
  Append({"b"});
  EXPECT_THAT(directory_.Files(), ElementsAre(first_, TrailFileName(2)));
  EXPECT_THAT(directory_.Ids(), ElementsAre("a", "b"));
  EXPECT_TRUE(directory_.Verify().intact());
}

// At every place where a crash can stop a write.
TEST_F(Resume, SetsATornLastLineAsideWhereverItIsTorn) {
  Append({"a", "b"});
  const std::string whole = directory_.Content(first_);
  const std::size_t start = whole.find('\n') + 1;
  for (std::size_t size = start + 1; size < whole.size(); size += 7) {
    const TrailDirectory torn;
    torn.Replace(first_, whole.substr(0, size));
    testing::internal::CaptureStderr();
    const auto trail = Trail::Open(torn.options, torn.clock);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("audit_torn_line"));
    ASSERT_TRUE(trail) << trail.error().message;
    EXPECT_EQ(torn.Content(first_ + ".torn"), whole.substr(start, size - start));
    EXPECT_TRUE((*trail)->Append(WriteRecord("c")));
    EXPECT_THAT(torn.Ids(), ElementsAre("a", "c"));
    EXPECT_TRUE(torn.Verify().intact());
  }
}

// Sectors that did not reach the disk before the power failed read as zeros, also where later ones
// did.
TEST_F(Resume, SetsAsideWhatStandsBehindASectorThatWasNeverWritten) {
  Append({"a", "b", "c", "d"});
  const std::string whole = directory_.Content(first_);
  const std::vector<std::string> lines = SplitLines(whole);
  const std::size_t kept = lines[0].size() + 1;
  for (std::size_t at = kept; at < whole.size(); at += 97) {
    std::string torn = whole;
    for (std::size_t byte = at; byte < std::min(at + 150, torn.size()); ++byte) torn[byte] = '\0';
    directory_.Replace(first_, torn);
    Append({"e"});
    const std::vector<std::string> ids = directory_.Ids();
    EXPECT_EQ(ids.front(), "a") << at;
    EXPECT_EQ(ids.back(), "e") << at;
    EXPECT_TRUE(directory_.Verify().intact()) << at;
    directory_.Replace(first_, whole);
  }
  EXPECT_TRUE(std::filesystem::exists(directory_.File(first_ + ".torn")));
}

TEST_F(Resume, RefusesAnOlderFileOfWhichAPartIsZero) {
  Append({"a", "b"});
  std::string zeroed = directory_.Content(first_);
  zeroed[zeroed.size() / 2] = '\0';
  directory_.clock.Advance(std::chrono::hours(24));
  Append({"c"});
  directory_.Replace(first_, zeroed);
  EXPECT_THAT(RefusalOf(), HasSubstr("is broken"));
}

TEST_F(Resume, KeepsEveryTornLine) {
  testing::internal::CaptureStderr();
  for (const std::string torn : {"one", "two", "three"}) {
    Append({torn});
    directory_.Replace(first_, directory_.Content(first_) + torn);
    directory_.Open().reset();
  }
  (void)testing::internal::GetCapturedStderr();
  EXPECT_EQ(directory_.Content(first_ + ".torn"), "one");
  EXPECT_EQ(directory_.Content(first_ + ".torn.2"), "two");
  EXPECT_EQ(directory_.Content(first_ + ".torn.3"), "three");
  EXPECT_TRUE(directory_.Verify().intact());
}

TEST_F(Resume, TakesATornFirstLineForAnEmptyFile) {
  directory_.Replace(first_, R"({"seq":1,"prev":)");
  testing::internal::CaptureStderr();
  Append({"a"});
  (void)testing::internal::GetCapturedStderr();
  EXPECT_THAT(directory_.Ids(), ElementsAre("a"));
  EXPECT_TRUE(directory_.Verify().intact());
}

TEST_F(Resume, RefusesAChangedRecordAndChangesNothing) {
  Append({"a", "b", "c"});
  directory_.Edit(first_, [](std::vector<std::string>& lines) {
    lines[1].replace(lines[1].find("alice"), 5, "bobby");
  });
  const std::string before = directory_.Content(first_);
  EXPECT_THAT(RefusalOf(), HasSubstr(first_ + " line 2 (record 2): changed"));
  EXPECT_EQ(directory_.Content(first_), before);
}

// Only the newest file can end in a torn line by a crash.
TEST_F(Resume, RefusesATornLineInAnOlderFile) {
  Append({"a", "b"});
  directory_.clock.Advance(std::chrono::hours(24));
  Append({"c"});
  const std::string content = directory_.Content(first_);
  directory_.Replace(first_, content.substr(0, content.size() - 5));
  EXPECT_THAT(RefusalOf(), HasSubstr("torn"));
}

TEST_F(Resume, RefusesARubbishLine) {
  Append({"a"});
  directory_.Replace(first_, directory_.Content(first_) + "rubbish\n");
  EXPECT_THAT(RefusalOf(), HasSubstr("line 2 (record 0): unreadable"));
}

TEST_F(Resume, RefusesAnEmptyFileWhosePredecessorIsGone) {
  directory_.Replace(TrailFileName(7), "");
  EXPECT_THAT(RefusalOf(), HasSubstr("the records before it are missing"));
}

TEST_F(Resume, RefusesAFileWhoseBeginningIsGone) {
  Append({"a", "b"});
  directory_.Edit(first_, [](std::vector<std::string>& lines) { lines.erase(lines.begin()); });
  EXPECT_NE(RefusalOf(), "opened");
}

TEST_F(Resume, RefusesASecondProcess) {
  const auto first = directory_.Open();
  EXPECT_THAT(RefusalOf(), HasSubstr("in use by another process"));
}

TEST_F(Resume, RefusesADirectoryThatIsNotThere) {
  directory_.options.directory = directory_.File("nowhere");
  EXPECT_THAT(RefusalOf(), HasSubstr("must exist"));
}

TEST_F(Resume, KnowsEventsFromBeforeTheRestart) {
  {
    const auto trail = directory_.Open();
    ASSERT_TRUE(Deliver(*trail, "a"));
    directory_.clock.Advance(std::chrono::hours(24));
    ASSERT_TRUE(Deliver(*trail, "b"));
  }
  const auto trail = directory_.Open();
  for (const char* id : {"a", "b", "c", "c"}) EXPECT_TRUE(Deliver(*trail, id));
  EXPECT_THAT(directory_.Ids(), ElementsAre("a", "b", "c"));
}

}  // namespace
}  // namespace kmaas::audit
