#include "storage/sqlite/row_statements.h"

#include <algorithm>

#include "base/log.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/sqlite_error.h"

namespace kmaas::storage {
namespace {

std::string Replace(std::string text, std::string_view table) {
  return text.replace(text.find('@'), 1, table);
}

// By Kind. A listing is a range of the primary key: it costs what it returns.
constexpr std::array kSql = {
    "SELECT value, mac FROM @ WHERE key = ?1",
    "SELECT key, value, mac FROM @ WHERE key >= ?1 AND key < ?3 ORDER BY key LIMIT ?2",
    "SELECT key, value, mac FROM @ WHERE key >= ?1 ORDER BY key LIMIT ?2",
    "SELECT count(*) FROM @",
    "INSERT INTO @ (key, value, mac) VALUES (?1, ?2, ?3) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, mac = excluded.mac",
    "DELETE FROM @ WHERE key = ?1",
};
constexpr std::array kNames = {"read of",  "listing of", "listing of",
                               "count of", "write to",   "deletion from"};

// The least key that is greater than every key with this prefix; none when there is no such key.
std::optional<std::string> EndOfPrefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

// The least key that is not before the range: `after` is outside it, and nothing lies between a key
// and that key with a zero byte.
std::string StartOf(const ports::Scan& scan) {
  if (scan.after.empty() || scan.after < scan.prefix) return std::string(scan.prefix);
  std::string start(scan.after);
  start.push_back('\0');
  return start;
}

Error Mismatch(std::string_view table, std::string_view key) {
  log::Error("integrity_alarm",
             {{"table", table}, {"row", key}, {"what", "the MAC of a row does not match"}});
  return {ErrorCode::kKmsInternal, "",
          "store: the MAC of row " + std::string(key) + " of table " + std::string(table) +
              " does not match"};
}

}  // namespace

RowStatements::RowStatements(Connection& connection, const RowMac& mac, int version)
    : connection_(connection), mac_(mac) {
  for (const std::string_view name :
       TableNames(Migrations().first(static_cast<std::size_t>(version))))
    tables_.emplace(name, Table());
}

Result<sqlite3_stmt*> RowStatements::Find(std::string_view table, Kind kind) {
  const auto found = tables_.find(table);
  if (found == tables_.end()) {
    return Error{ErrorCode::kKmsInternal, "", "store: there is no table " + std::string(table)};
  }
  PreparedStatement& prepared = found->second.prepared[kind];
  if (prepared == nullptr) {
    KM_TRY(prepared, connection_.Prepare(Replace(kSql[kind], table)));
  }
  return prepared.get();
}

Error RowStatements::Failure(std::string_view table, Kind kind, int code) const {
  return StoreError(connection_.handle(), code,
                    std::string(kNames[kind]) + " table " + std::string(table));
}

Result<std::optional<std::string>> RowStatements::Get(std::string_view table,
                                                      std::string_view key) {
  KM_TRY(sqlite3_stmt* const prepared, Find(table, kGet));
  Statement statement(prepared);
  const int code = statement.Bind(1, key).Step();
  if (code == SQLITE_DONE) return std::optional<std::string>();
  if (code != SQLITE_ROW) return Failure(table, kGet, code);
  ports::Row row{std::string(key), std::string(statement.Blob(0))};
  if (!mac_.Matches(table, row, AsBytes(statement.Blob(1)))) return Mismatch(table, key);
  return std::optional<std::string>(std::move(row.value));
}

Result<std::vector<ports::Row>> RowStatements::List(const ports::Scan& scan) {
  const std::string start = StartOf(scan);
  const std::optional<std::string> end = EndOfPrefix(scan.prefix);
  const Kind kind = end ? kListBelow : kListToEnd;
  KM_TRY(sqlite3_stmt* const prepared, Find(scan.table, kind));
  Statement statement(prepared);
  constexpr std::size_t kLimitMax = INT64_MAX;
  statement.Bind(1, start).Bind(2, static_cast<std::int64_t>(std::min(scan.limit, kLimitMax)));
  if (end) statement.Bind(3, *end);
  std::vector<ports::Row> rows;
  int code = statement.Step();
  for (; code == SQLITE_ROW; code = statement.Step()) {
    ports::Row& row = rows.emplace_back(
        ports::Row{std::string(statement.Blob(0)), std::string(statement.Blob(1))});
    if (!mac_.Matches(scan.table, row, AsBytes(statement.Blob(2))))
      return Mismatch(scan.table, row.key);
  }
  if (code != SQLITE_DONE) return Failure(scan.table, kind, code);
  return rows;
}

Result<std::uint64_t> RowStatements::Count(std::string_view table) {
  KM_TRY(sqlite3_stmt* const prepared, Find(table, kCount));
  Statement statement(prepared);
  const int code = statement.Step();
  if (code != SQLITE_ROW) return Failure(table, kCount, code);
  return static_cast<std::uint64_t>(statement.Number(0));
}

Result<void> RowStatements::Run(std::string_view table, Kind kind, Statement& statement) {
  const int code = statement.Step();
  if (code != SQLITE_DONE) return Failure(table, kind, code);
  return {};
}

Result<void> RowStatements::Put(std::string_view table, std::string_view key,
                                std::string_view value) {
  KM_TRY(sqlite3_stmt* const prepared, Find(table, kPut));
  const crypto::Sha256Digest tag = mac_.Tag(table, key, value);
  Statement statement(prepared);
  statement.Bind(1, key).Bind(2, value).Bind(3, ByteView(tag));
  return Run(table, kPut, statement);
}

Result<void> RowStatements::Delete(std::string_view table, std::string_view key) {
  KM_TRY(sqlite3_stmt* const prepared, Find(table, kDelete));
  Statement statement(prepared);
  statement.Bind(1, key);
  return Run(table, kDelete, statement);
}

}  // namespace kmaas::storage
