// What an edit of the file, made while no server ran or beside a running one, does.
#include "storage/integrity_alarm.h"
#include "tests/component/storage/database.h"

namespace kmaas::storage {
namespace {

using testing::HasSubstr;

constexpr char kOtherRows[] = "INSERT INTO keys SELECT * FROM aliases";

class Integrity : public testing::Test {
 protected:
  Integrity() {
    store_ = database_.Open(OpenMode::kCreate);
    for (const char* key : {"a", "b", "c"}) {
      if (!Put(*store_, key, std::string("value of ") + key)) throw std::runtime_error(key);
    }
    const auto other = store_->Write(
        [](ports::Transaction& c) { return c.Put("aliases", "d", "v"); }, Deadline::Never());
    if (!other) throw std::runtime_error("aliases");
  }
  // Whether the store stands or comes up, the edit is named, in the log too.
  // `at_start`: where it is named in other words, because nobody asks for the row b.
  void ExpectAlarm(const std::string& sql, const std::string& words,
                   const std::string& at_start = "") {
    database_.Tamper(sql);
    testing::internal::CaptureStderr();
    const std::uint64_t alarms = IntegrityCountersOfProcess().alarms;
    EXPECT_THAT(Get(*store_, "b"), HasSubstr(words));
    const auto listed = store_->List({"keys", ""});
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().code, ErrorCode::kKmsInternal);
    EXPECT_GE(IntegrityCountersOfProcess().alarms, alarms + 2);
    store_.reset();
    ExpectRefused(at_start.empty() ? words : at_start);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("integrity_alarm"));
  }
  void ExpectRefused(const std::string& words) {
    for (const OpenMode mode : {OpenMode::kReadOnly, OpenMode::kOpenExisting}) {
      const auto opened = database_.TryOpen(mode);
      ASSERT_FALSE(opened);
      EXPECT_EQ(opened.error().code, ErrorCode::kKmsInternal);
      EXPECT_THAT(opened.error().message, HasSubstr(words));
    }
  }
  Database database_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(Integrity, NoticesAnEditedValue) {
  ExpectAlarm("UPDATE keys SET value = CAST('value of x' AS BLOB) WHERE key = x'62'",
              "row b of table keys");
}

TEST_F(Integrity, NoticesAnEditedMac) {
  ExpectAlarm("UPDATE keys SET mac = zeroblob(32) WHERE key = x'62'", "row b of table keys");
}

TEST_F(Integrity, NoticesAMacOfAnotherLength) {
  ExpectAlarm("UPDATE keys SET mac = substr(mac, 1, 31) WHERE key = x'62'", "row b of table keys");
}

TEST_F(Integrity, NoticesARowCopiedOverAnother) {
  ExpectAlarm(
      "UPDATE keys SET (value, mac) = (SELECT value, mac FROM keys WHERE key = x'61') "
      "WHERE key = x'62'",
      "row b of table keys");
}

TEST_F(Integrity, NoticesARowUnderANewKey) {
  ExpectAlarm("INSERT INTO keys SELECT x'64', value, mac FROM keys WHERE key = x'61'",
              "row d of table keys");
}

TEST_F(Integrity, NoticesARowFromAnotherTable) { ExpectAlarm(kOtherRows, "row d of table keys"); }

TEST_F(Integrity, NoticesADeletedRow) {
  ExpectAlarm("DELETE FROM keys WHERE key = x'62'", "row b of table keys: the row is missing",
              "a row is missing between the rows a and c");
}

TEST_F(Integrity, NoticesThatEveryRowOfATableIsGone) {
  ExpectAlarm("DELETE FROM keys", "row b of table keys: the row is missing", "3 rows are missing");
}

TEST_F(Integrity, NoticesAnOlderVersionOfARow) {
  database_.Tamper("CREATE TABLE old AS SELECT * FROM keys WHERE key = x'62'");
  ASSERT_TRUE(Put(*store_, "b", "newer"));
  ExpectAlarm(
      "UPDATE keys SET (value, mac) = (SELECT value, mac FROM old) WHERE key = x'62';"
      "DROP TABLE old",
      "row b of table keys: it is not the version of the row that was last written");
}

TEST_F(Integrity, NoticesARowThatIsPutBackAfterItsDeletion) {
  database_.Tamper("CREATE TABLE old AS SELECT * FROM keys WHERE key = x'62'");
  ASSERT_TRUE(store_->Write([](ports::Transaction& c) { return c.Delete("keys", "b"); },
                            Deadline::Never()));
  ExpectAlarm("INSERT INTO keys SELECT * FROM old; DROP TABLE old",
              "row b of table keys: the row was deleted before and is back");
}

TEST_F(Integrity, NoticesAHeadRecordThatIsGoneChangedOrOld) {
  database_.Tamper("CREATE TABLE old AS SELECT * FROM store_head");
  ASSERT_TRUE(Put(*store_, "b", "newer"));
  store_.reset();
  database_.Tamper("UPDATE store_head SET value = (SELECT value FROM old)");
  database_.Tamper("CREATE TABLE new AS SELECT * FROM store_head");
  database_.Tamper("UPDATE store_head SET mac = (SELECT mac FROM old); DROP TABLE old");
  database_.Tamper("DROP TABLE new");
  ExpectRefused("row b of table keys");
  database_.Tamper("UPDATE store_head SET value = CAST(value || x'00' AS BLOB)");
  ExpectRefused("the MAC of its head record does not match");
  database_.Tamper("DELETE FROM store_head");
  ExpectRefused("it has no head record");
}

TEST_F(Integrity, NoticesADatabaseOfAnotherInstallation) {
  store_.reset();
  const fakes::ManualClock clock;
  const auto opened = SqliteStore::Open(database_.Options(OpenMode::kOpenExisting),
                                        RowMac(SecretBytes(Bytes(32, 8))), clock);
  EXPECT_FALSE(opened);
}

TEST_F(Integrity, StopsAChangeThatReadsAnEditedRow) {
  database_.Tamper("UPDATE keys SET value = x'00' WHERE key = x'62'");
  const auto written = store_->Write(
      [](ports::Transaction& change) -> Result<void> {
        (void)change.Get("keys", "b");  // a change that does not look
        return change.Put("aliases", "e", "new");
      },
      Deadline::Never());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kKmsInternal);
  EXPECT_EQ(*store_->Get("aliases", "e"), std::nullopt);
}

// A change that replaces a row without a look at it does not make what stands beside it right.
TEST_F(Integrity, StopsAChangeBesideAnEditedRow) {
  database_.Tamper("DELETE FROM keys WHERE key = x'62'");
  EXPECT_FALSE(Put(*store_, "b", "again"));
  EXPECT_FALSE(Put(*store_, "a", "other"));
  EXPECT_FALSE(store_->Write([](ports::Transaction& c) { return c.Delete("keys", "c"); },
                             Deadline::Never()));
  EXPECT_FALSE(store_->Get("keys", "a"));
}

TEST_F(Integrity, LeavesOtherTablesReadable) {
  database_.Tamper("DELETE FROM keys WHERE key = x'62'");
  EXPECT_FALSE(store_->Get("keys", "a"));
  EXPECT_EQ(*store_->Get("aliases", "d"), "v");
}

TEST_F(Integrity, ReadsOnWhenTheEditIsTakenBack) {
  database_.Tamper("CREATE TABLE old AS SELECT * FROM keys WHERE key = x'62'");
  database_.Tamper("DELETE FROM keys WHERE key = x'62'");
  EXPECT_FALSE(store_->Get("keys", "a"));
  database_.Tamper("INSERT INTO keys SELECT * FROM old; DROP TABLE old");
  EXPECT_EQ(Get(*store_, "b"), "value of b");
}

}  // namespace
}  // namespace kmaas::storage
