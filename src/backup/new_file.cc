#include "backup/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace kmaas::backup {
namespace {

Error Failed(const std::string& path, const char* what, int number) {
  return {ErrorCode::kDependencyTimeout,
          path + ": " + what + ": " + std::generic_category().message(number)};
}

// Some file systems know no such flag.
int RenameToNewName(const char* from, const char* to) {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL) return -1;
  struct stat found {};
  if (::lstat(to, &found) == 0) {
    errno = EEXIST;
    return -1;
  }
  return ::rename(from, to);
}

}  // namespace

const FileCalls& FileCalls::System() {
  static const FileCalls calls{
      [](const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }, ::write,
      ::fsync, ::close, RenameToNewName};
  return calls;
}

Result<std::unique_ptr<NewFile>> NewFile::Create(const std::string& path, const FileCalls& calls) {
  const int file = calls.open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                              S_IRUSR | S_IWUSR);
  if (file < 0) return Failed(path, "cannot be made", errno);
  return std::unique_ptr<NewFile>(new NewFile(file, path, calls));
}

NewFile::~NewFile() {
  if (file_ >= 0) calls_.close(file_);
  if (!finished_) ::unlink(path_.c_str());
}

Result<void> NewFile::Write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = calls_.write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Failed(path_, "cannot be written", written == 0 ? ENOSPC : errno);
    size_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> NewFile::Flush() {
  return calls_.sync(file_) == 0 ? Result<void>() : Failed(path_, "cannot be flushed", errno);
}

Result<void> NewFile::Finish(const std::string& path) {
  KM_CHECK(Flush());
  // Where writes go over a network it is close that says they failed.
  if (calls_.close(std::exchange(file_, -1)) != 0) return Failed(path_, "cannot be written", errno);
  if (calls_.rename(path_.c_str(), path.c_str()) != 0)
    return Failed(path, "cannot be given its name", errno);
  path_ = path;
  KM_CHECK(FlushDirectory(path));
  finished_ = true;
  return {};
}

Result<void> NewFile::FlushDirectory(const std::string& path) const {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const std::string directory = parent.empty() ? "." : parent;
  const int opened = calls_.open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (opened < 0) return Failed(directory, "cannot be opened", errno);
  const bool flushed = calls_.sync(opened) == 0;
  const int number = errno;
  calls_.close(opened);
  return flushed ? Result<void>() : Failed(directory, "cannot be flushed", number);
}

}  // namespace kmaas::backup
