#include "storage/sqlite/migrations.h"

#include <algorithm>
#include <array>

#include "storage/sqlite/sqlite_error.h"

namespace kmaas::storage {
namespace {

constexpr std::array<std::string_view, 11> kFirstTables = {
    "keys",     "account_keys", "key_materials", "key_policies", "aliases",      "key_aliases",
    "accounts", "users",        "access_keys",   "audit_outbox", "installation",
};

constexpr std::array<std::string_view, 13> kIdentityTables = {
    "groups",           "roles",       "managed_policies", "mfa_devices", "access_key_uses",
    "group_members",    "policy_uses", "user_access_keys", "grants",      "grant_ids",
    "retirable_grants", "grant_names", "principal_arns",
};

constexpr std::array<std::string_view, 6> kLifecycleTables = {
    "import_keys", "custom_key_stores", "deleted_keys", "key_uses", "due_work", "store_keys",
};

constexpr std::array<std::string_view, 1> kHeadTables = {kHeadTable};

constexpr std::array<std::string_view, 4> kTablesOfNotes = {
    "audit_outbox",
    "key_uses",
    "access_key_uses",
    "due_work",
};

constexpr std::array kMigrations = {
    Migration{kFirstTables, nullptr},
    Migration{kIdentityTables, nullptr},
    Migration{kLifecycleTables, nullptr},
    Migration{kHeadTables, nullptr},
};
static_assert(kMigrations[kFirstVersionWithHead - 1].new_tables[0] == kHeadTable);

Result<void> Apply(Connection& connection, const Migration& migration) {
  for (const std::string_view table : migration.new_tables)
    KM_CHECK(connection.Execute(TableDefinition(table)));
  if (migration.sql != nullptr) KM_CHECK(connection.Execute(migration.sql));
  return {};
}

Result<void> ApplyFrom(Connection& connection, std::size_t version,
                       std::span<const Migration> migrations, const MigrationEnd& end) {
  for (const Migration& migration : migrations.subspan(version))
    KM_CHECK(Apply(connection, migration));
  if (end) KM_CHECK(end(connection, static_cast<int>(version)));
  KM_CHECK(connection.Execute("PRAGMA application_id=" + std::to_string(kApplicationId)));
  KM_CHECK(connection.Execute("PRAGMA user_version=" + std::to_string(migrations.size())));
  return connection.Execute("COMMIT");
}

Error Foreign(const std::string& what) {
  return {ErrorCode::kKmsInternal, "", "the schema is not as kmaas made it: " + what};
}

}  // namespace

std::span<const Migration> Migrations() { return kMigrations; }

bool DecidesRights(std::string_view table) {
  return std::find(kTablesOfNotes.begin(), kTablesOfNotes.end(), table) == kTablesOfNotes.end();
}

std::vector<std::string_view> TableNames(std::span<const Migration> migrations) {
  std::vector<std::string_view> names;
  for (const Migration& migration : migrations)
    names.insert(names.end(), migration.new_tables.begin(), migration.new_tables.end());
  return names;
}

// BLOB keys compare bytewise. The row lies in the tree of its key: one descent per read, no second
// index to keep in step.
std::string TableDefinition(std::string_view table) {
  return "CREATE TABLE " + std::string(table) +
         " (key BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL, mac BLOB NOT NULL)"
         " STRICT, WITHOUT ROWID";
}

Result<int> Migrate(Connection& connection, std::span<const Migration> migrations,
                    const MigrationEnd& end) {
  KM_CHECK(connection.Execute("BEGIN IMMEDIATE"));
  const Result<std::int64_t> version = connection.Number("PRAGMA user_version");
  Result<void> applied;
  if (!version) {
    applied = version.error();
  } else if (*version < 0 || static_cast<std::size_t>(*version) > migrations.size()) {
    applied = Error{ErrorCode::kKmsInternal, "", "no such schema version"};
  } else if (static_cast<std::size_t>(*version) < migrations.size()) {
    applied = ApplyFrom(connection, static_cast<std::size_t>(*version), migrations, end);
  } else {
    applied = connection.Execute("COMMIT");
  }
  if (!applied) {
    if (connection.InTransaction()) (void)connection.Execute("ROLLBACK");
    return applied.error();
  }
  return static_cast<int>(*version);
}

Result<void> CheckSchema(Connection& connection, std::span<const Migration> migrations) {
  std::vector<std::string_view> expected = TableNames(migrations);
  KM_TRY(const PreparedStatement prepared,
         connection.Prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name"));
  Statement statement(prepared.get());
  int code = statement.Step();
  for (; code == SQLITE_ROW; code = statement.Step()) {
    const std::string_view name = statement.Blob(1);
    const auto found = std::find(expected.begin(), expected.end(), name);
    if (statement.Blob(0) != "table" || found == expected.end())
      return Foreign(std::string(statement.Blob(0)) + " " + std::string(name));
    if (statement.Blob(2) != TableDefinition(name)) return Foreign("table " + std::string(name));
    expected.erase(found);
  }
  if (code != SQLITE_DONE) return StoreError(connection.handle(), code, "read of the schema");
  if (!expected.empty()) return Foreign("no table " + std::string(expected.front()));
  return {};
}

}  // namespace kmaas::storage
