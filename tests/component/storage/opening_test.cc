#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "storage/sqlite/migrations.h"
#include "tests/component/storage/database.h"

namespace kmaas::storage {
namespace {

using testing::HasSubstr;

std::string RefusalOf(Database& database, OpenMode mode = OpenMode::kOpenExisting) {
  const auto opened = database.TryOpen(mode);
  return opened ? "opened" : opened.error().message;
}

// What is refused is left as it was, byte for byte.
void ExpectRefusedUnchanged(Database& database, const std::string& words) {
  const std::string before = ContentOf(database.path());
  EXPECT_THAT(RefusalOf(database), HasSubstr(words));
  EXPECT_THAT(RefusalOf(database, OpenMode::kReadOnly), HasSubstr(words));
  EXPECT_EQ(ContentOf(database.path()), before);
}

TEST(Opening, KeepsRowsFromOneOpenToTheNext) {
  Database database;
  ASSERT_TRUE(Put(*database.Open(OpenMode::kCreate), "a", "1"));
  EXPECT_EQ(Get(*database.Open(OpenMode::kOpenExisting), "a"), "1");
}

TEST(Opening, MakesFilesForTheirOwnerOnly) {
  const mode_t before = umask(0);
  Database database;
  const auto store = database.Open(OpenMode::kCreate);
  ASSERT_TRUE(Put(*store, "a", "1"));
  umask(before);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat found {};
    ASSERT_EQ(stat((database.path() + suffix).c_str(), &found), 0) << suffix;
    EXPECT_EQ(found.st_mode & 07777U, 0600U) << suffix;
  }
}

TEST(Opening, RefusesToCreateOverAFile) {
  Database database;
  std::ofstream(database.path()) << "mine";
  EXPECT_THAT(RefusalOf(database, OpenMode::kCreate), HasSubstr("exists already"));
  EXPECT_EQ(ContentOf(database.path()), "mine");
}

TEST(Opening, RefusesToCreateWhereItCannotWrite) {
  fakes::ManualClock clock;
  SqliteOptions options;
  options.path = "/proc/kmaas.db";
  options.mode = OpenMode::kCreate;
  const auto opened = SqliteStore::Open(options, TestMac(), clock);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("must be writable"));
}

TEST(Opening, RefusesAFileThatIsNotThere) {
  Database database;
  EXPECT_THAT(RefusalOf(database), HasSubstr("there is no database at " + database.path()));
  EXPECT_FALSE(std::filesystem::exists(database.path()));
}

TEST(Opening, RefusesADirectoryAndALink) {
  Database database;
  std::filesystem::create_directory(database.path());
  EXPECT_THAT(RefusalOf(database), HasSubstr("not a regular file"));
  std::filesystem::remove(database.path());
  std::filesystem::create_symlink("/dev/null", database.path());
  EXPECT_THAT(RefusalOf(database), HasSubstr("not a regular file"));
}

TEST(Opening, RefusesASecondServer) {
  Database database;
  const auto first = database.Open(OpenMode::kCreate);
  EXPECT_THAT(RefusalOf(database), HasSubstr("in use by process " + std::to_string(getpid())));
  EXPECT_TRUE(Put(*first, "a", "1"));
}

TEST(Opening, LetsTheNextServerInWhenTheFirstHasGone) {
  Database database;
  database.Open(OpenMode::kCreate).reset();
  EXPECT_TRUE(database.TryOpen());
}

TEST(Opening, ReadsBesideARunningServer) {
  Database database;
  const auto server = database.Open(OpenMode::kCreate);
  ASSERT_TRUE(Put(*server, "a", "1"));
  const auto tool = database.Open(OpenMode::kReadOnly);
  EXPECT_EQ(Get(*tool, "a"), "1");
  ASSERT_TRUE(Put(*server, "a", "2"));
  EXPECT_EQ(Get(*tool, "a"), "1");  // as it was when the tool came
  EXPECT_EQ(Get(*database.Open(OpenMode::kReadOnly), "a"), "2");
  const auto written = Put(*tool, "a", "3");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().detail, HasSubstr("reading only"));
}

TEST(Opening, ReadsWithoutAServer) {
  Database database;
  ASSERT_TRUE(Put(*database.Open(OpenMode::kCreate), "a", "1"));
  const auto tool = database.Open(OpenMode::kReadOnly);
  EXPECT_EQ(Get(*tool, "a"), "1");
  EXPECT_EQ(tool->schema_version(), static_cast<int>(Migrations().size()));
}

TEST(Opening, RefusesANewerSchema) {
  Database database;
  database.Open(OpenMode::kCreate).reset();
  database.Tamper("PRAGMA user_version=99");
  ExpectRefusedUnchanged(database, "schema version 99");
}

TEST(Opening, RefusesAnotherProgramsDatabase) {
  Database database;
  database.Tamper("CREATE TABLE t (x); INSERT INTO t VALUES (1);");
  ExpectRefusedUnchanged(database, "database of another program");
}

TEST(Opening, RefusesAFileThatIsNoDatabase) {
  Database database;
  std::ofstream(database.path()) << std::string(5000, 'x');
  ExpectRefusedUnchanged(database, "damaged, or no database");
}

TEST(Opening, RefusesAnEmptyFile) {
  Database database;
  std::ofstream(database.path()) << "";
  ExpectRefusedUnchanged(database, "creation was interrupted");
}

TEST(Opening, RefusesADamagedFile) {
  Database database;
  {
    const auto store = database.Open(OpenMode::kCreate);
    for (int row = 0; row < 50; ++row) ASSERT_TRUE(Put(*store, std::to_string(row), "v"));
  }
  std::fstream file(database.path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);
  file << std::string(3900, '\x5a');  // the first page, behind its header
  file.close();
  ExpectRefusedUnchanged(database, database.path());
}

TEST(Opening, RefusesAFileCutShort) {
  Database database;
  database.Open(OpenMode::kCreate).reset();
  const auto size = std::filesystem::file_size(database.path());
  std::filesystem::resize_file(database.path(), size / 2);
  const auto store = database.TryOpen();
  // Either at once or, when only the pages of a table are missing, at its first read.
  if (store) {
    EXPECT_FALSE((*store)->List({"installation", ""}));
  }
}

TEST(Opening, RefusesASchemaThatWasChanged) {
  const char* const changes[] = {
      "CREATE TRIGGER t AFTER INSERT ON keys BEGIN DELETE FROM aliases; END",
      "CREATE VIEW v AS SELECT 1",
      "CREATE INDEX i ON keys (value)",
      "CREATE TABLE more (x)",
      "DROP TABLE aliases",
      "ALTER TABLE keys ADD COLUMN extra BLOB",
  };
  for (const char* change : changes) {
    Database database;
    database.Open(OpenMode::kCreate).reset();
    database.Tamper(change);
    ExpectRefusedUnchanged(database, "changed by something else");
  }
}

// Also for root, whom permissions do not stop: in a child that has given up being root.
TEST(Opening, RefusesADirectoryThatItCannotWrite) {
  Database database;
  database.Open(OpenMode::kCreate).reset();
  unlink((database.path() + ".lock").c_str());
  constexpr uid_t kNobody = 65534;
  if (geteuid() == 0) {
    ASSERT_EQ(chown(database.path().c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(chown(database.directory().path().c_str(), kNobody, kNobody), 0);
  }
  ASSERT_EQ(chmod(database.directory().path().c_str(), 0500), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(kNobody) != 0) _exit(2);
    const std::string refusal = RefusalOf(database);
    _exit(refusal.find("must be writable") == std::string::npos ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ASSERT_EQ(chmod(database.directory().path().c_str(), 0700), 0);
}

// Likewise in a child that is not root.
TEST(Opening, RefusesAFileThatItCannotWriteAndStillReadsIt) {
  Database database;
  ASSERT_TRUE(Put(*database.Open(OpenMode::kCreate), "a", "1"));
  unlink((database.path() + ".lock").c_str());
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(chmod(database.path().c_str(), 0400), 0);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(database.path().c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(chown(database.directory().path().c_str(), kNobody, kNobody), 0);
  }
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(kNobody) != 0) _exit(2);
    if (RefusalOf(database).find("must be writable") == std::string::npos) _exit(1);
    const auto reader = database.TryOpen(OpenMode::kReadOnly);
    _exit(reader && Get(**reader, "a") == "1" ? 0 : 3);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace kmaas::storage
