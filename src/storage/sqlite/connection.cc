#include "storage/sqlite/connection.h"

#include <array>

#include "storage/sqlite/sqlite_error.h"

namespace kmaas::storage {
namespace {

// Per connection; none of them writes to the file. The cache serves reads of cold rows only: the
// records above have caches of their own. What is deleted is overwritten in the file, not only let
// go of: the wrapped material of a deleted key must not lie in a free page.
constexpr char kSettings[] =
    "PRAGMA synchronous=FULL;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA cell_size_check=ON;"
    "PRAGMA mmap_size=0;"
    "PRAGMA cache_size=-8192;"
    "PRAGMA wal_autocheckpoint=1000;"
    "PRAGMA journal_size_limit=67108864;";

struct Switch {
  int name;
  int on;
};
// Whoever edits the file must not make it run anything.
constexpr std::array kSwitches = {
    Switch{SQLITE_DBCONFIG_DEFENSIVE, 1},       Switch{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    Switch{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},  Switch{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
    Switch{SQLITE_DBCONFIG_ENABLE_FKEY, 0},     Switch{SQLITE_DBCONFIG_DQS_DML, 0},
    Switch{SQLITE_DBCONFIG_DQS_DDL, 0},         Switch{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
    Switch{SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
};

}  // namespace

Statement::~Statement() {
  sqlite3_reset(prepared_);
  sqlite3_clear_bindings(prepared_);
}

Statement& Statement::Bind(int index, std::string_view bytes) {
  // A null pointer would bind NULL, which is not the empty value.
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  sqlite3_bind_blob64(prepared_, index, data, bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::Bind(int index, std::int64_t number) {
  sqlite3_bind_int64(prepared_, index, number);
  return *this;
}

std::string_view Statement::Blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(prepared_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

Result<Connection> Connection::Open(const ConnectionOptions& options) {
  sqlite3* handle = nullptr;
  const int access = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  const int code =
      sqlite3_open_v2(options.path.c_str(), &handle,
                      access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW,
                      options.vfs.empty() ? nullptr : options.vfs.c_str());
  Connection connection(handle);  // also after a failure: the handle holds the message
  if (code != SQLITE_OK) return StoreError(handle, code, "open of " + options.path);
  KM_CHECK(connection.Harden(options));
  return connection;
}

Result<void> Connection::Harden(const ConnectionOptions& options) {
  for (const Switch& each : kSwitches) {
    const int code = sqlite3_db_config(handle(), each.name, each.on, nullptr);
    if (code != SQLITE_OK) return StoreError(handle(), code, "set-up of a connection");
  }
  sqlite3_busy_timeout(handle(), static_cast<int>(options.busy_max.count()));
  return {};
}

Result<void> Connection::Accept() {
  KM_CHECK(Execute(kSettings));
  const int code = sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  if (code != SQLITE_OK) return StoreError(handle(), code, "set-up of a connection");
  return {};
}

void Connection::LeaveAsFound() {
  (void)sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Result<PreparedStatement> Connection::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  PreparedStatement prepared(statement);
  if (code != SQLITE_OK) return StoreError(handle(), code, "statement " + sql);
  return prepared;
}

Result<void> Connection::Execute(const std::string& sql) {
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return StoreError(handle(), code, "statement " + sql);
  return {};
}

Result<std::int64_t> Connection::Number(const std::string& sql) {
  KM_TRY(const PreparedStatement prepared, Prepare(sql));
  Statement statement(prepared.get());
  const int code = statement.Step();
  if (code != SQLITE_ROW) return StoreError(handle(), code, "statement " + sql);
  return statement.Number(0);
}

Result<std::string> Connection::Text(const std::string& sql) {
  KM_TRY(const PreparedStatement prepared, Prepare(sql));
  Statement statement(prepared.get());
  const int code = statement.Step();
  if (code != SQLITE_ROW) return StoreError(handle(), code, "statement " + sql);
  return std::string(statement.Blob(0));
}

}  // namespace kmaas::storage
