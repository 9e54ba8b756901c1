#include "storage/sqlite/row_statements.h"

#include "storage/sqlite/sqlite_error.h"

namespace kmaas::storage {
namespace {

std::string Replace(std::string text, std::string_view table) {
  return text.replace(text.find('@'), 1, table);
}

// By Kind. A range of the primary key costs what it returns.
constexpr std::array kSql = {
    "SELECT key, value, mac FROM @ WHERE key = ?1",
    "SELECT key, value, mac FROM @ WHERE key >= ?1 AND key < ?2 ORDER BY key",
    "SELECT key, value, mac FROM @ WHERE key >= ?1 ORDER BY key",
    "INSERT INTO @ (key, value, mac) VALUES (?1, ?2, ?3) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, mac = excluded.mac",
    "DELETE FROM @ WHERE key = ?1",
};
constexpr std::array kNames = {"read of", "listing of", "listing of", "write to", "deletion from"};

StoredRow RowOf(const Statement& statement) {
  return {statement.Blob(0), statement.Blob(1), AsBytes(statement.Blob(2)),
          statement.IsBlob(0) && statement.IsBlob(1) && statement.IsBlob(2)};
}

}  // namespace

RowStatements::RowStatements(Connection& connection, std::span<const std::string_view> tables)
    : connection_(connection) {
  tables_.reserve(tables.size());
  for (const std::string_view name : tables) tables_.push_back({name, {}});
}

Result<sqlite3_stmt*> RowStatements::Find(std::size_t table, Kind kind) {
  PreparedStatement& prepared = tables_[table].prepared[kind];
  if (prepared == nullptr) {
    KM_TRY(prepared, connection_.Prepare(Replace(kSql[kind], tables_[table].name)));
  }
  return prepared.get();
}

Error RowStatements::Failure(std::size_t table, Kind kind, int code) const {
  return StoreError(connection_.handle(), code,
                    std::string(kNames[kind]) + " table " + std::string(tables_[table].name));
}

Result<void> RowStatements::Read(std::size_t table, Kind kind, Statement& statement,
                                 const Visit& visit) {
  int code = statement.Step();
  for (; code == SQLITE_ROW; code = statement.Step())
    if (!visit(RowOf(statement))) return {};
  if (code != SQLITE_DONE) return Failure(table, kind, code);
  return {};
}

Result<void> RowStatements::Range(std::size_t table, std::string_view first,
                                  const std::optional<std::string>& end, const Visit& visit) {
  const Kind kind = end ? kBelow : kToEnd;
  KM_TRY(sqlite3_stmt* const prepared, Find(table, kind));
  Statement statement(prepared);
  statement.Bind(1, first);
  if (end) statement.Bind(2, *end);
  return Read(table, kind, statement, visit);
}

Result<void> RowStatements::One(std::size_t table, std::string_view key, const Visit& visit) {
  KM_TRY(sqlite3_stmt* const prepared, Find(table, kOne));
  Statement statement(prepared);
  statement.Bind(1, key);
  return Read(table, kOne, statement, visit);
}

Result<void> RowStatements::Run(std::size_t table, Kind kind, Statement& statement) {
  const int code = statement.Step();
  if (code != SQLITE_DONE) return Failure(table, kind, code);
  return {};
}

Result<void> RowStatements::Put(std::size_t table, std::string_view key, std::string_view value,
                                ByteView mac) {
  KM_TRY(sqlite3_stmt* const prepared, Find(table, kPut));
  Statement statement(prepared);
  statement.Bind(1, key).Bind(2, value).Bind(3, mac);
  return Run(table, kPut, statement);
}

Result<void> RowStatements::Delete(std::size_t table, std::string_view key) {
  KM_TRY(sqlite3_stmt* const prepared, Find(table, kDelete));
  Statement statement(prepared);
  statement.Bind(1, key);
  return Run(table, kDelete, statement);
}

}  // namespace kmaas::storage
