#include "tests/component/storage/database.h"

namespace kmaas::storage {
namespace {

using testing::HasSubstr;

// What an edit of the file, made while no server ran, does to a read of row `key`.
class Integrity : public testing::Test {
 protected:
  Integrity() {
    const auto store = database_.Open(OpenMode::kCreate);
    for (const char* key : {"a", "b", "c"}) {
      if (!Put(*store, key, std::string("value of ") + key)) throw std::runtime_error(key);
    }
  }
  void ExpectAlarm(const std::string& sql, const std::string& key) {
    database_.Tamper(sql);
    const auto store = database_.Open(OpenMode::kOpenExisting);
    testing::internal::CaptureStderr();
    const auto value = store->Get("keys", key);
    const std::string log = testing::internal::GetCapturedStderr();
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::kKmsInternal);
    EXPECT_THAT(value.error().detail, HasSubstr("row " + key + " of table keys"));
    EXPECT_THAT(log, HasSubstr("integrity_alarm table=keys row=" + key));
    EXPECT_FALSE(store->List({"keys", ""}));
  }
  Database database_;
};

TEST_F(Integrity, NoticesAnEditedValue) {
  ExpectAlarm("UPDATE keys SET value = CAST('value of x' AS BLOB) WHERE key = x'62'", "b");
}

TEST_F(Integrity, NoticesAnEditedMac) {
  ExpectAlarm("UPDATE keys SET mac = zeroblob(32) WHERE key = x'62'", "b");
}

TEST_F(Integrity, NoticesAMacOfAnotherLength) {
  ExpectAlarm("UPDATE keys SET mac = substr(mac, 1, 31) WHERE key = x'62'", "b");
}

TEST_F(Integrity, NoticesARowCopiedOverAnother) {
  ExpectAlarm(
      "UPDATE keys SET (value, mac) = (SELECT value, mac FROM keys WHERE key = x'61') "
      "WHERE key = x'62'",
      "b");
}

TEST_F(Integrity, NoticesARowUnderANewKey) {
  ExpectAlarm("INSERT INTO keys SELECT x'64', value, mac FROM keys WHERE key = x'61'", "d");
}

TEST_F(Integrity, NoticesARowFromAnotherTable) {
  ASSERT_TRUE(database_.Open(OpenMode::kOpenExisting)
                  ->Write([](ports::Transaction& c) { return c.Put("aliases", "d", "v"); },
                          Deadline::Never()));
  ExpectAlarm("INSERT INTO keys SELECT * FROM aliases", "d");
}

TEST_F(Integrity, NoticesADatabaseOfAnotherInstallation) {
  fakes::ManualClock clock;
  const auto store = SqliteStore::Open(database_.Options(OpenMode::kOpenExisting),
                                       RowMac(SecretBytes(Bytes(32, 8))), clock);
  ASSERT_TRUE(store);
  EXPECT_FALSE((*store)->Get("keys", "a"));
}

TEST_F(Integrity, StopsAChangeThatReadsAnEditedRow) {
  database_.Tamper("UPDATE keys SET value = x'00' WHERE key = x'62'");
  const auto store = database_.Open(OpenMode::kOpenExisting);
  const auto written = store->Write(
      [](ports::Transaction& change) -> Result<void> {
        (void)change.Get("keys", "b");  // a change that does not look
        return change.Put("keys", "a", "new");
      },
      Deadline::Never());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kKmsInternal);
  EXPECT_EQ(Get(*store, "a"), "value of a");
}

TEST_F(Integrity, LeavesOtherRowsReadable) {
  database_.Tamper("UPDATE keys SET value = x'00' WHERE key = x'62'");
  const auto store = database_.Open(OpenMode::kOpenExisting);
  EXPECT_EQ(Get(*store, "a"), "value of a");
  ASSERT_TRUE(Put(*store, "b", "mended"));
  EXPECT_EQ(Get(*store, "b"), "mended");
}

}  // namespace
}  // namespace kmaas::storage
