#include "storage/sqlite/migrations.h"

#include <array>

#include "tests/component/storage/database.h"

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

class MigrationsTest : public testing::Test {
 protected:
  MigrationsTest() { std::ofstream(database_.path()) << ""; }
  Connection Connect() {
    auto opened = Connection::Open({database_.path(), false, std::chrono::milliseconds(0), ""});
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

}  // namespace
}  // namespace kmaas::storage
