// The store for one node: an SQLite database in WAL mode, one SQL table per logical table, one MAC
// per row, a head record over all rows, one flush for a group of changes.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "ports/store.h"
#include "ports/store_head.h"
#include "storage/integrity_alarm.h"
#include "storage/row_mac.h"

namespace kmaas::storage {

enum class OpenMode {
  kCreate,        // the file must not exist
  kOpenExisting,  // the file must exist; an older schema is brought forward
  kReadOnly,      // beside a running server: the rows as they are now, however it goes on; takes no
                  // lock, changes nothing, refuses every Write
};

struct SqliteOptions {
  std::string path;
  OpenMode mode = OpenMode::kOpenExisting;
  std::size_t readers = 4;                // connections; more readers than that wait for one
  std::size_t queued_changes_max = 1024;  // above it: kThrottling
  std::size_t changes_per_commit_max = 256;
  std::chrono::milliseconds busy_max{2000};  // for a foreign process that holds SQLite's lock
  std::string vfs;                           // SQLite's name of it; empty: the default
  // Told of every commit; outlives the store. Null: nobody is. Not asked when read-only.
  ports::HeadObserver* observer = nullptr;
};

// Since Open. Changes per commit says how well commits are grouped.
struct StoreCounters {
  std::uint64_t commits = 0;         // flushes to disk
  std::uint64_t changes = 0;         // made durable by them
  std::uint64_t failed_commits = 0;  // groups of which nothing was applied
  std::uint64_t throttled = 0;       // changes that did not begin: queue full or deadline passed
};

// Thread-safe. A table that the schema does not have is kKmsInternal. Files are made with mode
// 0600; beside the database stand "-wal", "-shm" and, with the process id of the owner, ".lock".
class SqliteStore final : public ports::Store {
 public:
  // Every error is for the operator: `message` says what was found and what to do. A second process
  // on the same database, a foreign or damaged file, a schema newer than this program, a place that
  // cannot be written, and rows that are not those of the last commit are refused, and the file is
  // left as it was. Looks at every row: 400,000 take about 1.5 s. Borrows the clock.
  static Result<std::unique_ptr<SqliteStore>> Open(const SqliteOptions& options, RowMac mac,
                                                   const Clock& clock);
  // Finishes the changes that have begun, refuses those that have not. No call may be under way.
  ~SqliteStore() override;

  Result<std::optional<std::string>> Get(std::string_view table, std::string_view key) override;
  Result<std::vector<ports::Row>> List(const ports::Scan& scan) override;
  Result<std::uint64_t> Count(std::string_view table) override;
  Result<void> Write(const std::function<Result<void>(ports::Transaction&)>& change,
                     Deadline deadline) override;

  StoreCounters counters() const;
  // Changes in the queue that have not begun.
  std::size_t waiting() const;
  // The schema version of the open database: the newest that this program knows.
  int schema_version() const;
  // Where the last commit left it.
  ports::StoreHead head() const;
  // The latest wall time of a commit, as its head says: a clock before it is wrong.
  WallTime clock_floor() const;
  // The next commit has at least this epoch: for a database that takes the place of a later one.
  void AdvanceEpochTo(std::uint64_t epoch);

 private:
  struct Parts;
  explicit SqliteStore(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace kmaas::storage
