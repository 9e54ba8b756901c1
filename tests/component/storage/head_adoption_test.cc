// A database from before there was a head record.
#include "storage/sqlite/migrations.h"

#include "crypto/digest.h"
#include "tests/component/storage/database.h"
#include "tests/component/storage/faulty_vfs.h"

namespace kmaas::storage {
namespace {

constexpr std::size_t kRows = 1200;

std::string HexLiteral(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "x'";
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text + "'";
}

// As row_mac_test has it from elsewhere.
crypto::Sha256Digest OldTag(const std::string& key, const std::string& value) {
  Bytes covered;
  for (const std::string_view field :
       {std::string_view("kmaas row mac v1"), std::string_view("keys"), std::string_view(key),
        std::string_view(value)})
    AppendField(covered, field);
  return crypto::HmacSha256(Bytes(32, 7), covered);
}

std::string KeyOf(std::size_t row) { return "k/" + std::to_string(row); }

class HeadAdoption : public testing::Test {
 protected:
  HeadAdoption() {
    std::ofstream(database_.path()) << "";
    auto connection =
        *Connection::Open({database_.path(), false, std::chrono::milliseconds(0), ""});
    if (!Migrate(connection, Migrations().first(3))) throw std::runtime_error("migrate");
    if (!connection.Execute("BEGIN")) throw std::runtime_error("begin");
    for (std::size_t row = 0; row < kRows; ++row) {
      const std::string key = KeyOf(row);
      const auto put =
          connection.Execute("INSERT INTO keys VALUES (" + HexLiteral(AsBytes(key)) + "," +
                             HexLiteral(AsBytes(key)) + "," + HexLiteral(OldTag(key, key)) + ")");
      if (!put) throw std::runtime_error(put.error().detail);
    }
    if (!connection.Execute("COMMIT")) throw std::runtime_error("commit");
  }
  Database database_;
};

TEST_F(HeadAdoption, TakesEveryRowAndSaysSo) {
  testing::internal::CaptureStderr();
  const auto store = database_.Open(OpenMode::kOpenExisting);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("store_head_made rows=1200"));
  EXPECT_EQ(*store->Count("keys"), kRows);
  for (std::size_t row = 0; row < kRows; ++row) EXPECT_EQ(Get(*store, KeyOf(row)), KeyOf(row));
  EXPECT_EQ(store->head().epoch, 1U);
}

TEST_F(HeadAdoption, IsRefusedForARowThatWasEdited) {
  database_.Tamper("UPDATE keys SET value = x'00' WHERE key = CAST('k/700' AS BLOB)");
  const auto opened = database_.TryOpen();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, testing::HasSubstr("row k/700 of table keys"));
}

TEST_F(HeadAdoption, IsLeftToTheServerByAReader) {
  const auto opened = database_.TryOpen(OpenMode::kReadOnly);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, testing::HasSubstr("schema version 3"));
}

// Who takes the head away from a database does not get one that passes for an older version.
TEST_F(HeadAdoption, IsRefusedForRowsThatHadAHead) {
  ASSERT_TRUE(Put(*database_.Open(OpenMode::kOpenExisting), "a", "1"));
  database_.Tamper("PRAGMA user_version=3");
  EXPECT_THAT(database_.TryOpen().error().message, testing::HasSubstr("table store_head"));
  database_.Tamper("DROP TABLE store_head");
  const auto opened = database_.TryOpen();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, testing::HasSubstr("the MAC of the row does not match"));
}

TEST_F(HeadAdoption, IsDoneOrNotWhicheverCallFails) {
  bool failed = true;
  for (std::uint64_t n = 1; failed; n += n / 4 + 1) {
    Database copy;
    std::ofstream(copy.path(), std::ios::binary) << ContentOf(database_.path());
    SqliteOptions options = copy.Options(OpenMode::kOpenExisting);
    options.vfs = FaultyVfs::kName;
    FaultyVfs::Instance().Arm(n, Fault::kOnce, SQLITE_FULL);
    (void)SqliteStore::Open(options, TestMac(), copy.clock());
    failed = FaultyVfs::Instance().has_failed();
    FaultyVfs::Instance().Heal();
    EXPECT_EQ(*copy.Open(OpenMode::kOpenExisting)->Count("keys"), kRows) << n;
  }
}

}  // namespace
}  // namespace kmaas::storage
