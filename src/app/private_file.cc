#include "app/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace kmaas::app {
namespace {

Error Failed(const std::string& path, const char* what) {
  return {ErrorCode::kValidation, path + ": " + what + ": " + ErrnoText(errno)};
}

bool WriteAll(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A new name is durable when its directory is.
Result<void> FlushDirectoryOf(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  const int handle = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0) return Failed(directory, "cannot be opened");
  const bool flushed = ::fsync(handle) == 0;
  const int failure = errno;
  ::close(handle);
  errno = failure;
  return flushed ? Result<void>() : Failed(directory, "cannot be flushed");
}

}  // namespace

std::string ErrnoText(int number) { return std::generic_category().message(number); }

Result<void> WriteNewFile(const std::string& path, std::string_view content, mode_t mode) {
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivateFile);
  if (file < 0) return Failed(path, "cannot be made");
  // The mode whatever the umask is.
  const bool written = WriteAll(file, content) && ::fchmod(file, mode) == 0 && ::fsync(file) == 0;
  const int failure = errno;
  ::close(file);
  if (!written) {
    ::unlink(path.c_str());
    errno = failure;
    return Failed(path, "cannot be written");
  }
  Result<void> flushed = FlushDirectoryOf(path);
  if (!flushed) ::unlink(path.c_str());
  return flushed;
}

Result<void> MakeDirectory(const std::string& path) {
  const std::filesystem::path directory(path);
  if (!Exists(path)) {
    if (directory.has_parent_path() && directory.parent_path() != directory) {
      KM_CHECK(MakeDirectory(directory.parent_path().string()));
    }
    if (::mkdir(path.c_str(), 0700) == 0) return FlushDirectoryOf(path);
    if (errno != EEXIST) return Failed(path, "cannot be made");
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Failed(path, "cannot be looked at");
  if (!S_ISDIR(status.st_mode)) {
    return Error{ErrorCode::kValidation, path + ": is not a directory"};
  }
  return {};
}

bool Exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 || errno != ENOENT;
}

}  // namespace kmaas::app
