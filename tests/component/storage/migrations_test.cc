#include "storage/sqlite/migrations.h"

#include <array>
#include <optional>

#include "tests/component/storage/database.h"
#include "tests/component/storage/faulty_vfs.h"

namespace kmaas::storage {
namespace {

constexpr std::array<std::string_view, 1> kFirst = {"one"};
constexpr std::array<std::string_view, 2> kSecond = {"two", "three"};
constexpr std::array kTwoVersions = {
    Migration{kFirst, nullptr},
    Migration{kSecond, "INSERT INTO two SELECT key, value, mac FROM one"},
};
constexpr std::array kBrokenSecond = {
    Migration{kFirst, nullptr},
    Migration{kSecond, "INSERT INTO nowhere VALUES (1)"},
};

constexpr std::array<std::string_view, 1> kThird = {"four"};
constexpr std::array kThreeVersions = {
    kTwoVersions[0],
    kTwoVersions[1],
    Migration{kThird, "INSERT INTO four SELECT key, CAST(value || x'21' AS BLOB), mac FROM two"},
};

class MigrationsTest : public testing::Test {
 protected:
  MigrationsTest() { std::ofstream(database_.path()) << ""; }
  Connection Connect(const std::string& vfs = "") {
    auto opened = Connection::Open({database_.path(), false, std::chrono::milliseconds(0), vfs});
    if (!opened) throw std::runtime_error(opened.error().detail);
    return *std::move(opened);
  }
  Database database_;
};

TEST_F(MigrationsTest, MakesAnEmptyFileTheNewestVersion) {
  Connection connection = Connect();
  EXPECT_EQ(*Migrate(connection, Migrations()), 0);
  EXPECT_EQ(*connection.Number("PRAGMA user_version"),
            static_cast<std::int64_t>(Migrations().size()));
  EXPECT_EQ(*connection.Number("PRAGMA application_id"), kApplicationId);
  EXPECT_TRUE(CheckSchema(connection, Migrations()));
}

TEST_F(MigrationsTest, BringsAnOlderVersionForwardWithItsRows) {
  Connection connection = Connect();
  ASSERT_TRUE(Migrate(connection, std::span(kTwoVersions).first(1)));
  ASSERT_TRUE(connection.Execute("INSERT INTO one VALUES (x'61', x'62', x'63')"));
  EXPECT_EQ(*Migrate(connection, kTwoVersions), 1);
  EXPECT_EQ(*connection.Number("SELECT count(*) FROM two"), 1);
  EXPECT_EQ(*connection.Number("PRAGMA user_version"), 2);
  EXPECT_TRUE(CheckSchema(connection, kTwoVersions));
}

TEST_F(MigrationsTest, DoesNothingAtTheNewestVersion) {
  Connection connection = Connect();
  ASSERT_TRUE(Migrate(connection, kTwoVersions));
  EXPECT_EQ(*Migrate(connection, kTwoVersions), 2);
}

TEST_F(MigrationsTest, LeavesTheOldVersionWhenAStepFails) {
  Connection connection = Connect();
  ASSERT_TRUE(Migrate(connection, std::span(kBrokenSecond).first(1)));
  EXPECT_FALSE(Migrate(connection, kBrokenSecond));
  EXPECT_FALSE(connection.InTransaction());
  EXPECT_EQ(*connection.Number("PRAGMA user_version"), 1);
  EXPECT_TRUE(CheckSchema(connection, std::span(kBrokenSecond).first(1)));
}

TEST_F(MigrationsTest, RefusesAVersionItDoesNotKnow) {
  Connection connection = Connect();
  ASSERT_TRUE(Migrate(connection, kTwoVersions));
  EXPECT_FALSE(Migrate(connection, std::span(kTwoVersions).first(1)));
  EXPECT_FALSE(connection.InTransaction());
}

TEST_F(MigrationsTest, NamesWhatIsForeignInTheSchema) {
  Connection connection = Connect();
  ASSERT_TRUE(Migrate(connection, kTwoVersions));
  ASSERT_TRUE(connection.Execute("CREATE INDEX sly ON one (value)"));
  const auto checked = CheckSchema(connection, kTwoVersions);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().detail, testing::HasSubstr("index sly"));
}

// However many releases were left out, the same database comes about.
TEST_F(MigrationsTest, ComesToTheSameStepByStepAndAtOnce) {
  const std::span<const Migration> all = kThreeVersions;
  for (std::size_t second = 1; second <= all.size(); ++second) {
    const Database fresh;
    std::ofstream(fresh.path()) << "";
    auto connection = *Connection::Open({fresh.path(), false, std::chrono::milliseconds(0), ""});
    ASSERT_TRUE(Migrate(connection, all.first(1)));
    ASSERT_TRUE(connection.Execute("INSERT INTO one VALUES (x'61', x'62', x'63')"));
    EXPECT_EQ(*Migrate(connection, all.first(second)), 1);
    EXPECT_EQ(*Migrate(connection, all), static_cast<int>(second));
    EXPECT_TRUE(CheckSchema(connection, all));
    EXPECT_EQ(*connection.Text("SELECT value FROM four"), "b!");
    EXPECT_EQ(*connection.Number("PRAGMA user_version"), 3);
  }
}

// Wherever the disk fails, the version before or the one after is there, whole.
TEST_F(MigrationsTest, IsTheOldOrTheNewVersionWhicheverCallFails) {
  const std::span<const Migration> all = kThreeVersions;
  bool failed = true;
  for (std::uint64_t n = 1; failed; ++n) {
    std::ofstream(database_.path()) << "";
    std::optional<Connection> connection(Connect(FaultyVfs::kName));
    ASSERT_TRUE(Migrate(*connection, all.first(1)));
    FaultyVfs::Instance().Arm(n, Fault::kOnce, SQLITE_FULL);
    const bool migrated = Migrate(*connection, all).has_value();
    failed = FaultyVfs::Instance().has_failed();
    FaultyVfs::Instance().Heal();
    connection.reset();
    Connection after = Connect();
    const auto version = static_cast<std::size_t>(*after.Number("PRAGMA user_version"));
    EXPECT_TRUE(version == 3 || (version == 1 && !migrated)) << n;
    EXPECT_TRUE(CheckSchema(after, all.first(version))) << n;
    EXPECT_EQ(*Migrate(after, all), static_cast<int>(version));
  }
}

}  // namespace
}  // namespace kmaas::storage
