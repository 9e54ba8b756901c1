#include "storage/sqlite/verification.h"

#include <filesystem>

#include "storage/leaf_journal.h"
#include "tests/component/storage/database.h"
#include "tests/component/storage/faulty_vfs.h"

namespace kmaas::storage {
namespace {

using testing::HasSubstr;

class Verification : public testing::Test {
 protected:
  Verification() {
    store_ = database_.Open(OpenMode::kCreate);
    for (int row = 0; row < 300; ++row)
      if (!Put(*store_, "k" + std::to_string(row), std::string(200, 'v')))
        throw std::runtime_error("put");
  }
  IntegrityReport Verify() {
    auto report = VerifyDatabase(database_.Options(OpenMode::kReadOnly), TestMac());
    if (!report) throw std::runtime_error(report.error().detail);
    return *std::move(report);
  }
  // "table/row: what" of each finding, one a line.
  std::string Findings() {
    std::string text;
    for (const IntegrityFinding& finding : Verify().findings)
      text += finding.table + "/" + finding.row + ": " + finding.what + "\n";
    return text;
  }
  Database database_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(Verification, FindsNothingInAnIntactDatabaseWithAServerAndWithout) {
  for (int server = 1; server >= 0; --server) {
    if (server == 0) store_.reset();
    const IntegrityReport report = Verify();
    EXPECT_TRUE(report.intact());
    EXPECT_EQ(report.epoch, 301U);
    ASSERT_FALSE(report.tables.empty());
    EXPECT_EQ(report.tables[0].table, "keys");
    EXPECT_EQ(report.tables[0].rows, 300U);
    EXPECT_EQ(report.tables[0].rows_expected, 300U);
  }
}

TEST_F(Verification, NamesEveryRowWithAWrongMac) {
  database_.Tamper(
      "UPDATE keys SET value = x'00' WHERE key IN (CAST('k7' AS BLOB), "
      "CAST('k123' AS BLOB))");
  EXPECT_EQ(Findings(),
            "keys/k123: the MAC of the row does not match\n"
            "keys/k7: the MAC of the row does not match\n");
}

TEST_F(Verification, NamesTheNeighboursOfARowThatIsGoneWithAServerAndWithout) {
  database_.Tamper("DELETE FROM keys WHERE key = CAST('k70' AS BLOB)");
  const std::string expected = "keys/: a row is missing between the rows k7 and k71\n";
  EXPECT_EQ(Findings(), expected);
  store_.reset();
  EXPECT_EQ(Findings(), expected);
}

TEST_F(Verification, NamesTheRowThatWasSetBack) {
  database_.Tamper("CREATE TABLE old AS SELECT * FROM keys WHERE key = CAST('k7' AS BLOB)");
  ASSERT_TRUE(Put(*store_, "k7", "newer"));
  database_.Tamper("REPLACE INTO keys SELECT * FROM old; DROP TABLE old");
  EXPECT_EQ(Findings(), "keys/k7: it is not the version of the row that was last written\n");
}

TEST_F(Verification, NamesOneRowTooManyEvenWhenTheServerHasLeftNothing) {
  database_.Tamper("CREATE TABLE old AS SELECT * FROM keys WHERE key = CAST('k7' AS BLOB)");
  ASSERT_TRUE(store_->Write([](ports::Transaction& c) { return c.Delete("keys", "k7"); },
                            Deadline::Never()));
  database_.Tamper("INSERT INTO keys SELECT * FROM old; DROP TABLE old");
  const std::string expected = "keys/k7: the row was deleted before and is back\n";
  EXPECT_EQ(Findings(), expected);
  std::filesystem::remove(LeafJournalPath(database_.path()));
  EXPECT_EQ(Findings(), expected);
}

TEST_F(Verification, NamesTheTableAloneWhenTheServerHasLeftNothing) {
  database_.Tamper("DELETE FROM keys WHERE key = CAST('k7' AS BLOB)");
  std::filesystem::remove(LeafJournalPath(database_.path()));
  EXPECT_EQ(Findings(), "keys/: the rows are not those last written: 1 row fewer\n");
}

TEST_F(Verification, BelievesNoNamesThatSomebodyElseLeft) {
  const std::string earlier = ContentOf(LeafJournalPath(database_.path()));
  ASSERT_TRUE(Put(*store_, "k7", "newer"));
  const std::string newest = ContentOf(LeafJournalPath(database_.path()));
  database_.Tamper("DELETE FROM keys WHERE key = CAST('k70' AS BLOB)");
  std::string flipped = newest;
  flipped[flipped.size() - 40] ^= 1;
  for (const std::string& left : {earlier, flipped, newest.substr(1), std::string()}) {
    std::ofstream(LeafJournalPath(database_.path()), std::ios::binary) << left;
    EXPECT_EQ(Findings(), "keys/: the rows are not those last written: 1 row fewer\n");
  }
}

TEST_F(Verification, LooksFurtherAfterAMissingHead) {
  database_.Tamper(
      "DELETE FROM store_head; UPDATE keys SET value = x'00' "
      "WHERE key = CAST('k7' AS BLOB)");
  EXPECT_EQ(Findings(),
            "store_head/: it has no head record\n"
            "keys/k7: the MAC of the row does not match\n");
}

TEST_F(Verification, SpeaksOfDamagedPagesAndGoesOn) {
  store_.reset();
  std::fstream file(database_.path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(database_.path())) - 8192);
  file << std::string(4096, '\x5a');
  file.close();
  EXPECT_THAT(Findings(), HasSubstr("malformed"));
}

TEST_F(Verification, NamesAForeignSchema) {
  database_.Tamper("CREATE TABLE more (x)");
  const auto report = VerifyDatabase(database_.Options(OpenMode::kReadOnly), TestMac());
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("table more"));
}

TEST_F(Verification, TellsHowFarItIs) {
  ASSERT_TRUE(store_->Write(
      [](ports::Transaction& change) -> Result<void> {
        for (int row = 0; row < 20'000; ++row)
          KM_CHECK(change.Put("aliases", std::to_string(row), ""));
        return {};
      },
      Deadline::Never()));
  std::vector<std::uint64_t> told;
  ASSERT_TRUE(VerifyDatabase(database_.Options(OpenMode::kReadOnly), TestMac(),
                             [&told](std::uint64_t rows) { told.push_back(rows); }));
  EXPECT_EQ(told, (std::vector<std::uint64_t>{10'000, 20'000}));
}

}  // namespace
}  // namespace kmaas::storage
