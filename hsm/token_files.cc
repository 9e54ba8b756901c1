// fsync over a token directory.
#include "hsm/token_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace kmaas::hsm {
namespace {

namespace fs = std::filesystem;

// File times tick slowly. An object's file is written after its directory entry is made.
constexpr std::chrono::milliseconds kRecent{50};

Error NotFlushed(const fs::path& path, const std::error_code& error) {
  return {ErrorCode::kKmsInternal,
          "The token's files cannot be flushed to disk: " + path.string() + ": " + error.message() +
              ".",
          "flush"};
}

Result<void> Flush(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  // Another process that uses the token may have destroyed the object meanwhile.
  if (file < 0 && errno == ENOENT) return {};
  if (file < 0) return NotFlushed(path, {errno, std::generic_category()});
  const int failed = fsync(file) == 0 ? 0 : errno;
  close(file);
  if (failed != 0) return NotFlushed(path, {failed, std::generic_category()});
  return {};
}

bool IsRecent(const fs::directory_entry& file, fs::file_time_type directory_changed) {
  std::error_code error;
  const auto changed = file.last_write_time(error);
  return error || changed + kRecent >= directory_changed;
}

Result<void> FlushTree(const fs::path& directory, FlushScope scope) {
  std::error_code error;
  const auto changed = fs::last_write_time(directory, error);
  if (error) return NotFlushed(directory, error);
  fs::directory_iterator at(directory, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    std::error_code gone;
    if (at->is_directory(gone)) {
      KM_CHECK(FlushTree(at->path(), scope));
    } else if (at->is_regular_file(gone) && (scope == FlushScope::kAll || IsRecent(*at, changed))) {
      KM_CHECK(Flush(at->path()));
    }
  }
  if (error) return NotFlushed(directory, error);
  return Flush(directory);
}

}  // namespace

Result<void> FlushFiles(const std::string& directory, FlushScope scope) {
  if (directory.empty()) return {};
  return FlushTree(directory, scope);
}

}  // namespace kmaas::hsm
