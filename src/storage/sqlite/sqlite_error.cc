#include "storage/sqlite/sqlite_error.h"

#include <system_error>

#include "storage/integrity_alarm.h"

namespace kmaas::storage {
namespace {

constexpr int kPrimaryMask = 0xff;

bool Passes(int primary) {
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_INTERRUPT:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string Describe(sqlite3* database, int code) {
  std::string text = sqlite3_errstr(code);
  if (database != nullptr) {
    const std::string_view own = sqlite3_errmsg(database);
    if (own != text) text.append(" (").append(own).append(")");
    const int system_error = sqlite3_system_errno(database);
    if (system_error != 0) text += ": " + std::generic_category().message(system_error);
  }
  return text + ", SQLite code " + std::to_string(code);
}

Error StoreError(sqlite3* database, int code, std::string_view doing) {
  const int primary = code & kPrimaryMask;
  std::string detail = "store: " + std::string(doing) + ": " + Describe(database, code);
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
    RaiseFileAlarm("", "the database file is damaged: " + detail);
  }
  return {Passes(primary) ? ErrorCode::kDependencyTimeout : ErrorCode::kKmsInternal, "",
          std::move(detail)};
}

}  // namespace kmaas::storage
