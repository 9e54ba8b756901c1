// fsync and syncfs over a token directory.
#include "hsm/token_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace kmaas::hsm {
namespace {

Error NotFlushed(const std::string& path, int error) {
  return {ErrorCode::kKmsInternal,
          "The token's files cannot be flushed to disk: " + path + ": " +
              std::generic_category().message(error) + ".",
          "flush"};
}

template <class F>
Result<void> WithDescriptor(const std::string& path, F&& flush) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return NotFlushed(path, errno);
  const int failed = flush(file) == 0 ? 0 : errno;
  close(file);
  if (failed != 0) return NotFlushed(path, failed);
  return {};
}

Result<void> FlushFile(const std::string& path) {
  return WithDescriptor(path, [](int file) { return fsync(file); });
}

}  // namespace

Result<void> FlushEachFile(const std::string& directory) {
  if (directory.empty()) return {};
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(directory, error);
  for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    if (at->is_regular_file(error) || at->is_directory(error))
      KM_CHECK(FlushFile(at->path().string()));
  }
  if (error) return NotFlushed(directory, error.value());
  return FlushFile(directory);
}

Result<void> FlushFileSystem(const std::string& directory) {
  if (directory.empty()) return {};
  return WithDescriptor(directory, [](int file) { return syncfs(file); });
}

}  // namespace kmaas::hsm
