#include "tests/campaigns/tamper/raw_file.h"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace kmaas::campaigns {
namespace {

void Bind(sqlite3_stmt* statement, int index, std::string_view bytes) {
  sqlite3_bind_blob64(statement, index, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                      SQLITE_TRANSIENT);
}

std::string Blob(sqlite3_stmt* statement, int column) {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return data == nullptr ? std::string() : std::string(data, size);
}

}  // namespace

RawFile::RawFile(const std::string& path) {
  if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) throw std::runtime_error("open " + path);
  sqlite3_busy_timeout(database_, 5000);
  Run("PRAGMA synchronous=OFF");
}

RawFile::~RawFile() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

sqlite3_stmt* RawFile::Prepare(const std::string& sql) {
  sqlite3_stmt*& statement = prepared_[sql];
  if (statement == nullptr &&
      sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(database_));
  return statement;
}

void RawFile::Step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  if (code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(database_));
}

void RawFile::Put(const std::string& table, std::string_view key, const RawRow& row) {
  sqlite3_stmt* const statement = Prepare("REPLACE INTO " + table + " VALUES (?1, ?2, ?3)");
  Bind(statement, 1, key);
  Bind(statement, 2, row.value);
  Bind(statement, 3, row.mac);
  Step(statement);
}

void RawFile::Remove(const std::string& table, std::string_view key) {
  sqlite3_stmt* const statement = Prepare("DELETE FROM " + table + " WHERE key = ?1");
  Bind(statement, 1, key);
  Step(statement);
}

void RawFile::Run(const std::string& sql) {
  char* error = nullptr;
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &error) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + (error == nullptr ? "" : error));
}

RawTable RawFile::ReadTable(const std::string& table) {
  RawTable rows;
  sqlite3_stmt* const statement = Prepare("SELECT key, value, mac FROM " + table);
  while (sqlite3_step(statement) == SQLITE_ROW)
    rows[Blob(statement, 0)] = {Blob(statement, 1), Blob(statement, 2)};
  sqlite3_reset(statement);
  return rows;
}

RawContent RawFile::Read() {
  std::vector<std::string> tables;
  sqlite3_stmt* const statement = Prepare("SELECT name FROM sqlite_schema WHERE type = 'table'");
  while (sqlite3_step(statement) == SQLITE_ROW) tables.push_back(Blob(statement, 0));
  sqlite3_reset(statement);
  RawContent content;
  for (const std::string& table : tables) content[table] = ReadTable(table);
  return content;
}

std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void Overwrite(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace kmaas::campaigns
