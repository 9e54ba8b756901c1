#include "siem/transport/file_transport.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>

#include "audit/append_file.h"

namespace kmaas::siem {
namespace {

constexpr mode_t kMode = S_IRUSR | S_IWUSR | S_IRGRP;  // a collector reads by its group

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool EndsInALine(int file, off_t size) {
  char last = '\n';
  return size == 0 || (::pread(file, &last, 1, size - 1) == 1 && last == '\n');
}

}  // namespace

Result<void> FileTransport::Connect() {
  Close();
  file_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode);
  if (file_ < 0) return audit::FileError("cannot write " + path_, errno);
  struct stat status {};
  if (::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode))
    return audit::FileError("is no file: " + path_, errno);
  if (!EndsInALine(file_, status.st_size)) KM_CHECK(WriteWhole("\n"));
  return audit::SyncDirectory(std::filesystem::path(path_).parent_path().string());
}

bool FileTransport::IsStillThere() const {
  struct stat open {};
  struct stat named {};
  return ::fstat(file_, &open) == 0 && ::stat(path_.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

Result<void> FileTransport::WriteWhole(const std::string& text) {
  const off_t before = ::lseek(file_, 0, SEEK_END);
  if (before >= 0 && WriteAll(file_, text) && ::fdatasync(file_) == 0) return {};
  const int failure = errno;
  // When it cannot be cut, Connect ends the torn line, and its event follows once more.
  if (before >= 0) (void)!::ftruncate(file_, before);
  return audit::FileError("cannot write " + path_, failure);
}

Result<void> FileTransport::Send(const std::vector<Message>& messages) {
  if (!IsStillThere()) {
    const std::uint64_t sent = sent_;
    KM_CHECK(Connect());
    sent_ = sent;
  }
  std::string lines;
  for (const Message& message : messages) lines += message.body + "\n";
  KM_CHECK(WriteWhole(lines));
  sent_ += messages.size();
  return {};
}

void FileTransport::Close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
  sent_ = 0;
}

}  // namespace kmaas::siem
