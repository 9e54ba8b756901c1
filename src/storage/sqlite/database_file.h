// Opening a database file: whose it is, how old its schema is, and who else has it.
#pragma once

#include <optional>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/process_lock.h"
#include "storage/sqlite/sqlite_store.h"

namespace kmaas::storage {

// Closes before the lock goes.
struct OpenedDatabase {
  std::optional<ProcessLock> lock;  // none when read-only
  Connection connection;            // the writer's, or a reader's when read-only
};

// As SqliteStore::Open promises, but for the rows, which are not looked at. A file that kCreate
// made and could not finish is removed.
Result<OpenedDatabase> OpenDatabase(const SqliteOptions& options, const RowMac& mac);

// An error of opening: `message` is for the operator, `cause` joins it in the detail.
Error OpeningRefused(const std::string& message, const std::string& cause = {});

// One more connection for reading.
Result<Connection> OpenReader(const SqliteOptions& options);

}  // namespace kmaas::storage
