// SQLite's result codes as the store's errors: the one place that translates them.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::storage {

// The result code as text: name of the kind, SQLite's own message and the system's error number.
std::string Describe(sqlite3* database, int code);

// kDependencyTimeout for what passes (disk full, input/output error, locked, no memory, read-only),
// kKmsInternal for the rest. A damaged file also raises the integrity alarm in the log. `doing`
// says what failed ("commit", "read of table keys").
Error StoreError(sqlite3* database, int code, std::string_view doing);

}  // namespace kmaas::storage
