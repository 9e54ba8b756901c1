#include "storage/sqlite/database_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/database_file.h"
#include "storage/sqlite/sqlite_error.h"

namespace kmaas::storage {
namespace {

constexpr int kPagesPerStep = 2048;

struct BackupFinisher {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};
using Backup = std::unique_ptr<sqlite3_backup, BackupFinisher>;

Result<void> MakeEmpty(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return Error{ErrorCode::kDependencyTimeout,
                 "cannot make the copy " + path + ": " + std::generic_category().message(errno)};
  close(file);
  return {};
}

// The snapshot of `from` stands still: its transaction has begun.
Result<void> CopyPages(Connection& from, Connection& to, const CopyProgress& progress) {
  Backup backup(sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
  if (!backup) return StoreError(to.handle(), sqlite3_errcode(to.handle()), "begin of a copy");
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(backup.get(), kPagesPerStep);
    const auto all = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup.get()));
    const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup.get()));
    if (progress) progress(all - left, all);
  }
  if (code != SQLITE_DONE) return StoreError(to.handle(), code, "copy of the database");
  code = sqlite3_backup_finish(backup.release());
  if (code != SQLITE_OK) return StoreError(to.handle(), code, "end of a copy");
  return {};
}

}  // namespace

Result<void> CopyDatabase(const std::string& from, const std::string& to,
                          const CopyProgress& progress, const std::string& vfs) {
  KM_CHECK(MakeEmpty(to));
  Result<Connection> source = Connection::Open({.path = from, .read_only = true, .vfs = vfs});
  if (!source) return OpeningRefused("cannot read " + from, source.error().detail);
  KM_CHECK(source->Execute("PRAGMA query_only=ON"));
  KM_CHECK(source->Execute("BEGIN"));
  KM_CHECK(source->Number("SELECT count(*) FROM sqlite_schema"));  // the snapshot begins here
  KM_TRY(Connection target, Connection::Open({.path = to, .vfs = vfs}));
  // A copy that is broken off is thrown away.
  KM_CHECK(target.Execute("PRAGMA journal_mode=OFF"));
  KM_CHECK(target.Execute("PRAGMA synchronous=OFF"));
  return CopyPages(*source, target, progress);
}

}  // namespace kmaas::storage
