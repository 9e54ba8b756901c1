// One SQLite connection and the statements prepared on it.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace kmaas::storage {

struct ConnectionOptions {
  std::string path;
  bool read_only = false;
  std::chrono::milliseconds busy_max{2000};
  std::string vfs;  // empty: SQLite's default
};

// Borrows a prepared statement for one execution; resets it, and lets go of what was bound, at the
// end. Bound bytes must outlive it.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* prepared) : prepared_(prepared) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& Bind(int index, std::string_view bytes);
  Statement& Bind(int index, ByteView bytes) { return Bind(index, AsText(bytes)); }
  Statement& Bind(int index, std::int64_t number);
  // SQLITE_ROW, SQLITE_DONE or an extended error code.
  int Step() { return sqlite3_step(prepared_); }
  // Of the current row; the view lives until the next Step.
  std::string_view Blob(int column) const;
  bool IsBlob(int column) const { return sqlite3_column_type(prepared_, column) == SQLITE_BLOB; }
  std::int64_t Number(int column) const { return sqlite3_column_int64(prepared_, column); }

 private:
  sqlite3_stmt* prepared_;
};

struct StatementFinalizer {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using PreparedStatement = std::unique_ptr<sqlite3_stmt, StatementFinalizer>;

// Used by one thread at a time. Statements prepared on it go before it does.
class Connection {
 public:
  // Opens an existing file and hardens the connection: no triggers, no views, no schema functions,
  // no memory mapping. Changes nothing in the file, also when it is closed, before Accept().
  static Result<Connection> Open(const ConnectionOptions& options);

  // The file is ours: settings that write to it are made, and closing may checkpoint the WAL.
  Result<void> Accept();

  Result<PreparedStatement> Prepare(const std::string& sql);
  Result<void> Execute(const std::string& sql);
  // The first column of the first row, as a number or as text.
  Result<std::int64_t> Number(const std::string& sql);
  Result<std::string> Text(const std::string& sql);

  // Closing leaves the WAL as it is, again: what was found is not to be changed.
  void LeaveAsFound();

  // False after SQLite has rolled back by itself, as it does after some errors.
  bool InTransaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Closer {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  Result<void> Harden(const ConnectionOptions& options);

  std::unique_ptr<sqlite3, Closer> handle_;
};

}  // namespace kmaas::storage
