// Files are made whole or not at all, never over another, with their mode whatever the umask is.
#include "app/private_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/made_files.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr uid_t kNobody = 65534;

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

std::string Content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class PrivateFile : public testing::Test {
 protected:
  fakes::TemporaryDirectory directory_;
  const std::string path_ = directory_.File("file");
};

TEST_F(PrivateFile, IsWrittenWithItsMode) {
  const mode_t before = ::umask(0777);
  EXPECT_TRUE(WriteNewFile(path_, "content", kPrivateFile));
  EXPECT_TRUE(WriteNewFile(path_ + ".public", "", kPublicFile));
  ::umask(before);
  EXPECT_EQ(Content(path_), "content");
  EXPECT_EQ(ModeOf(path_), 0600U);
  EXPECT_EQ(ModeOf(path_ + ".public"), 0644U);
}

TEST_F(PrivateFile, IsNeverWrittenOverAnother) {
  ASSERT_TRUE(WriteNewFile(path_, "first", kPublicFile));
  const auto second = WriteNewFile(path_, "second", kPrivateFile);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, AllOf(StartsWith(path_ + ": "), HasSubstr("File exists")));
  EXPECT_EQ(Content(path_), "first");
  EXPECT_EQ(ModeOf(path_), 0644U);
}

TEST_F(PrivateFile, IsNotWrittenThroughALink) {
  std::filesystem::create_symlink(directory_.File("target"), path_);
  EXPECT_TRUE(Exists(path_));
  EXPECT_FALSE(WriteNewFile(path_, "content", kPrivateFile));
  EXPECT_FALSE(Exists(directory_.File("target")));
}

TEST_F(PrivateFile, LeavesNothingWhenItCannotBeWrittenWhole) {
  const auto write = [this] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit ten_bytes{10, 10};
    ::setrlimit(RLIMIT_FSIZE, &ten_bytes);
    const auto written = WriteNewFile(path_, std::string(20, 'x'), kPrivateFile);
    ::_exit(!written && written.error().message == path_ + ": cannot be written: File too large"
                ? 0
                : 1);
  };
  EXPECT_EXIT(write(), testing::ExitedWithCode(0), "");
  EXPECT_FALSE(Exists(path_));
}

// A directory that may be written to and not opened: the name cannot be made durable.
TEST_F(PrivateFile, LeavesNothingWhenItsDirectoryCannotBeFlushed) {
  const auto write = [this] {
    const bool ready = ::chdir(directory_.path().c_str()) == 0 && ::chmod(".", 0333) == 0 &&
                       (::getuid() != 0 || ::setuid(kNobody) == 0);
    const auto written = WriteNewFile("file", "content", kPrivateFile);
    const bool refused =
        ready && !written && written.error().message.find("cannot be opened") != std::string::npos;
    ::_exit(refused ? 0 : 1);
  };
  EXPECT_EXIT(write(), testing::ExitedWithCode(0), "");
  EXPECT_FALSE(Exists(path_));
}

TEST_F(PrivateFile, NeedsItsDirectory) {
  const auto written = WriteNewFile(directory_.File("none/file"), "content", kPrivateFile);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message,
              AllOf(StartsWith(directory_.File("none/file")), HasSubstr("No such file")));
}

TEST_F(PrivateFile, DirectoriesAreMadeWithTheirParentsForTheOwner) {
  const mode_t before = ::umask(0);
  EXPECT_TRUE(MakeDirectory(directory_.File("a/b/c")));
  ::umask(before);
  for (const char* made : {"a", "a/b", "a/b/c"}) EXPECT_EQ(ModeOf(directory_.File(made)), 0700U);
  ::chmod(directory_.File("a").c_str(), 0755);
  EXPECT_TRUE(MakeDirectory(directory_.File("a")));
  EXPECT_EQ(ModeOf(directory_.File("a")), 0755U);
}

TEST_F(PrivateFile, DirectoriesAreRefusedWhereAFileIs) {
  ASSERT_TRUE(WriteNewFile(path_, "", kPrivateFile));
  EXPECT_THAT(MakeDirectory(path_).error().message, HasSubstr("is not a directory"));
  EXPECT_THAT(MakeDirectory(path_ + "/below").error().message, HasSubstr("Not a directory"));
}

TEST_F(PrivateFile, MadeFilesGoUnlessTheyAreKept) {
  for (const bool keep : {false, true}) {
    MadeFiles files;
    ASSERT_TRUE(files.MakeDirectory(directory_.File("a/b")));
    ASSERT_TRUE(files.Write(directory_.File("a/b/made"), "x", kPrivateFile));
    files.Expect(directory_.File("a/expected"));
    std::ofstream(directory_.File("a/expected")) << "x";
    if (keep) files.Keep();
  }
  EXPECT_EQ(Content(directory_.File("a/b/made")), "x");
  EXPECT_TRUE(Exists(directory_.File("a/expected")));
}

TEST_F(PrivateFile, MadeFilesLeaveWhatTheyDidNotMake) {
  ASSERT_TRUE(MakeDirectory(directory_.File("before")));
  {
    MadeFiles files;
    ASSERT_TRUE(files.MakeDirectory(directory_.File("before")));
    ASSERT_TRUE(files.MakeDirectory(directory_.File("before/new")));
    ASSERT_TRUE(files.MakeDirectory(directory_.File("shared")));
    ASSERT_TRUE(WriteNewFile(directory_.File("shared/foreign"), "x", kPrivateFile));
    EXPECT_FALSE(files.Write(directory_.File("shared/foreign"), "y", kPrivateFile));
  }
  EXPECT_TRUE(Exists(directory_.File("before")));
  EXPECT_FALSE(Exists(directory_.File("before/new")));
  EXPECT_EQ(Content(directory_.File("shared/foreign")), "x");
}

}  // namespace
}  // namespace kmaas::app
