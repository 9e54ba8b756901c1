// What stands where a cursor or a trail should and is no file holds up nobody.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "audit/trail_files.h"
#include "siem/cursor_file.h"
#include "siem/trail_reader.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::siem {
namespace {

TEST(NoFile, IsNoCursor) {
  const fakes::TemporaryDirectory directory;
  const std::string path = CursorFile(directory.path(), "soc");
  EXPECT_TRUE(LoadCursor(path));  // before the first record
  ASSERT_EQ(mkfifo(path.c_str(), S_IRUSR | S_IWUSR), 0);
  EXPECT_FALSE(LoadCursor(path));
  ASSERT_EQ(mkfifo((path + ".new").c_str(), S_IRUSR | S_IWUSR), 0);
  EXPECT_FALSE(WriteWholeFile(path, ToText(Cursor())));
}

TEST(NoFile, IsNoTrail) {
  const fakes::TemporaryDirectory directory;
  const std::string path = directory.path() + "/" + audit::TrailFileName(1);
  ASSERT_EQ(mkfifo(path.c_str(), S_IRUSR | S_IWUSR), 0);
  TrailReader reader(directory.path());
  TrailReader::Record record;
  EXPECT_FALSE(reader.Next(record));
  EXPECT_FALSE(NewestSequence(directory.path()));
}

}  // namespace
}  // namespace kmaas::siem
