#include "audit/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "audit/descriptor.h"

namespace kmaas::audit {
namespace {

constexpr std::uint64_t kCachedBytes = 8 << 20;
constexpr std::uint64_t kDropBytes = 1 << 20;  // in one step
constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;

}  // namespace

const FileCalls& FileCalls::System() {
  static const FileCalls calls{::write, ::ftruncate, ::fdatasync};
  return calls;
}

Error FileError(const std::string& what, int error) {
  std::string text = what + ": " + std::generic_category().message(error);
  return {ErrorCode::kDependencyTimeout, text, text};
}

Result<void> SyncDirectory(const std::string& directory) {
  const Descriptor opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number < 0 || fsync(opened.number) != 0)
    return FileError("cannot flush directory " + directory, errno);
  return {};
}

Result<std::shared_ptr<AppendFile>> AppendFile::Create(const std::string& path,
                                                       const FileCalls& calls) {
  const int file = open(path.c_str(), kFlags | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
  if (file < 0) return FileError("cannot create " + path, errno);
  std::shared_ptr<AppendFile> made(new AppendFile(file, path, 0, calls));
  if (Result<void> synced = SyncDirectory(std::filesystem::path(path).parent_path()); !synced) {
    unlink(path.c_str());
    return synced.error();
  }
  return made;
}

Result<std::shared_ptr<AppendFile>> AppendFile::Continue(const std::string& path,
                                                         std::uint64_t size,
                                                         const FileCalls& calls) {
  const int file = open(path.c_str(), kFlags);
  if (file < 0) return FileError("cannot write " + path, errno);
  std::shared_ptr<AppendFile> opened(new AppendFile(file, path, size, calls));
  opened->has_rest_ = true;
  KM_CHECK(opened->CutRest());
  KM_CHECK(opened->Sync());
  return opened;
}

AppendFile::~AppendFile() { close(file_); }

Result<void> AppendFile::Write(std::string_view bytes) {
  KM_CHECK(CutRest());
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t written = calls_.write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = written == 0 ? ENOSPC : errno;
      has_rest_ = true;
      (void)CutRest();  // when this fails too, the next write tries again
      return Failure("write", error);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  size_ += bytes.size();
  return {};
}

Result<void> AppendFile::Finish() {
  KM_CHECK(CutRest());
  return Sync();
}

Result<void> AppendFile::CutRest() {
  if (!has_rest_) return {};
  if (calls_.truncate(file_, static_cast<off_t>(size_.load())) != 0) return Failure("cut", errno);
  has_rest_ = false;
  return {};
}

Result<void> AppendFile::Sync() {
  const std::lock_guard lock(sync_mutex_);
  const std::uint64_t end = size_;
  KM_CHECK(StandsWhole(end));
  if (sync_failed_) KM_CHECK(WriteAgain(end));
  if (calls_.sync(file_) != 0) {
    sync_failed_ = true;
    return Failure("flush", errno);
  }
  sync_failed_ = false;
  synced_ = end;
  DropFromCache();
  return {};
}

// One that was replaced under its writer still takes all that is written, and is gone with the
// process.
Result<void> AppendFile::StandsWhole(std::uint64_t end) const {
  struct stat open {};
  struct stat named {};
  if (::fstat(file_, &open) != 0 || ::lstat(path_.c_str(), &named) != 0)
    return Failure("find", errno);
  const bool is_it = open.st_dev == named.st_dev && open.st_ino == named.st_ino;
  if (is_it && !std::cmp_less(open.st_size, end)) return {};
  const std::string text = "audit: somebody else " +
                           std::string(is_it ? "shortened " : "put another file in the place of ") +
                           path_ + " while it was written";
  return Error{ErrorCode::kDependencyTimeout, text, text};
}

// The pages of a trail are hardly read again. Given back, they become those of the next records,
// and the kernel need not look for memory, nor press other files out of it.
void AppendFile::DropFromCache() {
  if (synced_ < dropped_ + kCachedBytes + kDropBytes) return;
  const std::uint64_t until = (synced_ - kCachedBytes) / kDropBytes * kDropBytes;  // whole pages
  // A hint: what it fails at costs memory and nothing else.
  (void)posix_fadvise(file_, static_cast<off_t>(dropped_), static_cast<off_t>(until - dropped_),
                      POSIX_FADV_DONTNEED);
  dropped_ = until;
}

// Through a descriptor of its own: Linux appends with O_APPEND wherever pwrite points to.
Result<void> AppendFile::WriteAgain(std::uint64_t end) {
  const Descriptor opened(open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (opened.number < 0) return Failure("open", errno);
  std::array<char, 65536> piece{};
  for (std::uint64_t at = synced_; at < end;) {
    const std::size_t wanted = std::min<std::uint64_t>(piece.size(), end - at);
    const ssize_t got = pread(opened.number, piece.data(), wanted, static_cast<off_t>(at));
    if (got <= 0) return Failure("read", got == 0 ? EIO : errno);
    const auto size = static_cast<std::size_t>(got);
    if (pwrite(opened.number, piece.data(), size, static_cast<off_t>(at)) != got)
      return Failure("write", errno);
    at += size;
  }
  return {};
}

Error AppendFile::Failure(const char* doing, int error) const {
  return FileError(std::string("audit: cannot ") + doing + " " + path_, error);
}

}  // namespace kmaas::audit
