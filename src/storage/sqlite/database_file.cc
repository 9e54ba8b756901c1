#include "storage/sqlite/database_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/log.h"
#include "storage/integrity_alarm.h"
#include "storage/sqlite/head_adoption.h"
#include "storage/sqlite/migrations.h"

namespace kmaas::storage {
namespace {

Error Refusal(const std::string& message, const std::string& cause = {}) {
  return OpeningRefused(message, cause);
}

std::string SystemText(int number) { return std::generic_category().message(number); }

ConnectionOptions ForConnection(const SqliteOptions& options) {
  return {options.path, options.mode == OpenMode::kReadOnly, options.busy_max, options.vfs};
}

std::string DirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// The new directory entry survives power loss.
Result<void> SyncDirectory(const std::string& directory) {
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  if (!synced) return Refusal("cannot flush directory " + directory + ": " + SystemText(error));
  return {};
}

Result<void> CreateFile(const std::string& path) {
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0) {
    return Refusal("cannot create the database " + path + ": " + SystemText(errno) +
                   ". Its directory must exist, on a file system that is not read-only and not "
                   "full, and be writable by this user.");
  }
  close(file);
  return {};
}

void RemoveDatabase(const std::string& path) {
  for (const char* suffix : {"-wal", "-shm", ""}) unlink((path + suffix).c_str());
}

Result<void> RequireFile(const SqliteOptions& options) {
  struct stat found {};
  if (lstat(options.path.c_str(), &found) != 0) {
    return Refusal("there is no database at " + options.path + " (" + SystemText(errno) +
                   "). `kmaas init` makes one; if there was one, restore it from a backup.");
  }
  if (!S_ISREG(found.st_mode)) return Refusal(options.path + " is not a regular file.");
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    log::Warning("database_mode",
                 {{"file", options.path}, {"what", "others may read or write it"}});
  }
  if (options.mode == OpenMode::kOpenExisting && access(options.path.c_str(), R_OK | W_OK) != 0) {
    return Refusal(
        "cannot write the database " + options.path + ": " + SystemText(errno) +
        ". It must be writable by the user that kmaasd runs as, on a file system that is "
        "not read-only.");
  }
  return {};
}

// Reads only. Whoever fails here has changed nothing.
Result<int> Identify(Connection& connection, const std::string& path) {
  const Result<std::int64_t> application = connection.Number("PRAGMA application_id");
  if (!application) {
    return Refusal("cannot read " + path +
                       " as a database: it is damaged, or no database. Nothing "
                       "was changed. Restore it from a backup, or name the right file.",
                   application.error().detail);
  }
  const Result<std::int64_t> version = connection.Number("PRAGMA user_version");
  if (!version) return Refusal("cannot read the schema version of " + path, version.error().detail);
  if (*application != kApplicationId) {
    const Result<std::int64_t> pages = connection.Number("PRAGMA page_count");
    if (pages && *pages == 0) {
      return Refusal(path +
                     " is empty: its creation was interrupted. Remove it and run `kmaas init` "
                     "again.");
    }
    RaiseFileAlarm(path, "its application id is another than the one of kmaas");
    return Refusal(path +
                   " is a database of another program. Nothing was changed. Name the right "
                   "file.");
  }
  const auto newest = static_cast<std::int64_t>(Migrations().size());
  if (*version < 1 || *version > newest) {
    RaiseFileAlarm(path, "its schema version is none that this program knows");
    return Refusal(path + " has schema version " + std::to_string(*version) +
                   ", this program knows 1 to " + std::to_string(newest) +
                   ". Nothing was changed. Install the newer kmaas that wrote it, or "
                   "restore a backup from before the upgrade.");
  }
  return static_cast<int>(*version);
}

Result<void> UseWal(Connection& connection, const std::string& path) {
  const Result<std::string> mode = connection.Text("PRAGMA journal_mode=WAL");
  if (!mode) return Refusal("cannot write the database " + path, mode.error().detail);
  if (*mode != "wal")
    return Refusal("the file system of " + path +
                   " cannot hold a database in WAL "
                   "mode (it is on a network?). Use a local disk.");
  return {};
}

Result<void> BringForward(Connection& connection, const SqliteOptions& options, const RowMac& mac) {
  KM_CHECK(connection.Accept());
  KM_CHECK(UseWal(connection, options.path));
  const auto adopt = [&mac](Connection& migrated, int from) {
    return AdoptRows(migrated, from, mac);
  };
  const Result<int> before = Migrate(connection, Migrations(), adopt);
  if (!before) {
    return Refusal("cannot bring the schema of " + options.path + " to version " +
                       std::to_string(Migrations().size()) + "; it is as it was.",
                   before.error().detail);
  }
  if (*before > 0 && static_cast<std::size_t>(*before) < Migrations().size()) {
    log::Info("schema_migrated",
              {{"file", options.path}, {"from", *before}, {"to", Migrations().size()}});
  }
  return {};
}

Result<void> RequireSchema(Connection& connection, const std::string& path, int version) {
  const Result<void> checked =
      CheckSchema(connection, Migrations().first(static_cast<std::size_t>(version)));
  if (checked) return {};
  RaiseFileAlarm(path, checked.error().detail);
  return Refusal("the database " + path + " was changed by something else than kmaas: " +
                 checked.error().detail + ". Restore it from a backup.");
}

Result<OpenedDatabase> Create(const SqliteOptions& options, const RowMac& mac) {
  struct stat found {};
  if (lstat(options.path.c_str(), &found) == 0) {
    return Refusal(options.path +
                   " exists already. It was not touched: name another file, or keep "
                   "this one and do not create it.");
  }
  KM_TRY(ProcessLock lock, ProcessLock::Take(options.path + ".lock"));
  KM_CHECK(CreateFile(options.path));
  Result<Connection> connection = Connection::Open(ForConnection(options));
  if (!connection) {
    RemoveDatabase(options.path);
    return connection.error();
  }
  Result<void> made = BringForward(*connection, options, mac);
  if (made) made = SyncDirectory(DirectoryOf(options.path));
  if (!made) {
    { const Connection closed = *std::move(connection); }
    RemoveDatabase(options.path);
    return made.error();
  }
  return OpenedDatabase{std::move(lock), *std::move(connection)};
}

Result<OpenedDatabase> OpenExisting(const SqliteOptions& options, const RowMac& mac) {
  KM_CHECK(RequireFile(options));
  KM_TRY(ProcessLock lock, ProcessLock::Take(options.path + ".lock"));
  KM_TRY(Connection connection, Connection::Open(ForConnection(options)));
  KM_TRY(const int version, Identify(connection, options.path));
  KM_CHECK(RequireSchema(connection, options.path, version));
  KM_CHECK(BringForward(connection, options, mac));
  return OpenedDatabase{std::move(lock), std::move(connection)};
}

Result<OpenedDatabase> OpenReadOnly(const SqliteOptions& options) {
  KM_CHECK(RequireFile(options));
  KM_TRY(Connection connection, Connection::Open(ForConnection(options)));
  KM_TRY(const int version, Identify(connection, options.path));
  KM_CHECK(RequireSchema(connection, options.path, version));
  if (static_cast<std::size_t>(version) < Migrations().size()) {
    return Refusal(options.path + " has schema version " + std::to_string(version) +
                   ", this program reads version " + std::to_string(Migrations().size()) +
                   ". Nothing was changed. The kmaasd of this program brings it forward when it "
                   "starts.");
  }
  KM_CHECK(connection.Accept());
  return OpenedDatabase{std::nullopt, std::move(connection)};
}

Result<OpenedDatabase> OpenAs(const SqliteOptions& options, const RowMac& mac) {
  switch (options.mode) {
    case OpenMode::kCreate:
      return Create(options, mac);
    case OpenMode::kOpenExisting:
      return OpenExisting(options, mac);
    case OpenMode::kReadOnly:
      return OpenReadOnly(options);
  }
  return Refusal("no such open mode");
}

}  // namespace

Error OpeningRefused(const std::string& message, const std::string& cause) {
  return {ErrorCode::kKmsInternal, message, cause.empty() ? message : message + " [" + cause + "]"};
}

Result<OpenedDatabase> OpenDatabase(const SqliteOptions& options, const RowMac& mac) {
  Result<OpenedDatabase> opened = OpenAs(options, mac);
  if (!opened && opened.error().message.empty())
    return Refusal("cannot open the database " + options.path, opened.error().detail);
  return opened;
}

Result<Connection> OpenReader(const SqliteOptions& options) {
  KM_TRY(Connection connection, Connection::Open(ForConnection(options)));
  KM_CHECK(connection.Accept());
  KM_CHECK(connection.Execute("PRAGMA query_only=ON"));
  return connection;
}

}  // namespace kmaas::storage
