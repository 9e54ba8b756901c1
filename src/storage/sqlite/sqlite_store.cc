#include "storage/sqlite/sqlite_store.h"

#include "storage/sqlite/database_file.h"
#include "storage/sqlite/group_writer.h"
#include "storage/sqlite/reader_pool.h"

namespace kmaas::storage {

// The order is that of destruction, reversed: the lock goes last.
struct SqliteStore::Parts {
  explicit Parts(RowMac row_mac) : mac(std::move(row_mac)) {}

  std::optional<ProcessLock> lock;
  RowMac mac;
  int version = 0;
  ReaderPool readers;
  std::optional<GroupWriter> writer;  // none when read-only
};

SqliteStore::SqliteStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const SqliteOptions& options, RowMac mac,
                                                       const Clock& clock) {
  auto parts = std::make_unique<Parts>(std::move(mac));
  KM_TRY(OpenedDatabase opened, OpenDatabase(options));
  if (opened.lock) parts->lock.emplace(*std::move(opened.lock));
  parts->version = opened.version;
  for (std::size_t made = 0; made < std::max<std::size_t>(options.readers, 1); ++made) {
    KM_TRY(Connection reader, OpenReader(options));
    parts->readers.Add(
        std::make_unique<ReadConnection>(std::move(reader), parts->mac, parts->version));
  }
  if (options.mode != OpenMode::kReadOnly) {
    const GroupWriter::Limits limits{options.queued_changes_max, options.changes_per_commit_max};
    parts->writer.emplace(std::move(opened.connection), parts->mac, clock, limits);
  }
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

Result<std::optional<std::string>> SqliteStore::Get(std::string_view table, std::string_view key) {
  return parts_->readers.Borrow()->Get(table, key);
}

Result<std::vector<ports::Row>> SqliteStore::List(const ports::Scan& scan) {
  return parts_->readers.Borrow()->List(scan);
}

Result<std::uint64_t> SqliteStore::Count(std::string_view table) {
  return parts_->readers.Borrow()->Count(table);
}

Result<void> SqliteStore::Write(const std::function<Result<void>(ports::Transaction&)>& change,
                                Deadline deadline) {
  if (!parts_->writer) {
    return Error{ErrorCode::kKmsInternal, "", "store: the database was opened for reading only"};
  }
  return parts_->writer->Write(change, deadline);
}

StoreCounters SqliteStore::counters() const {
  return parts_->writer ? parts_->writer->counters() : StoreCounters();
}

std::size_t SqliteStore::waiting() const { return parts_->writer ? parts_->writer->waiting() : 0; }

int SqliteStore::schema_version() const { return parts_->version; }

}  // namespace kmaas::storage
