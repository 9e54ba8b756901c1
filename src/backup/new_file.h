// A file that stands under its name only when all of it is on the disk.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace kmaas::backup {

// The system calls that can fail. Tests put failing ones here.
struct FileCalls {
  std::function<int(const char*, int, mode_t)> open;
  std::function<ssize_t(int, const void*, std::size_t)> write;
  std::function<int(int)> sync;
  std::function<int(int)> close;
  std::function<int(const char*, const char*)> rename;  // fails with EEXIST rather than replace

  static const FileCalls& System();
};

// For one thread. Errors name the path and what the system says.
class NewFile {
 public:
  // Mode 0600, at `path`, which must not exist: a name that is not the final one.
  static Result<std::unique_ptr<NewFile>> Create(const std::string& path,
                                                 const FileCalls& calls = FileCalls::System());
  // What was not given its final name is removed.
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  Result<void> Write(ByteView bytes);
  // All is on the disk.
  Result<void> Flush();
  // Flushes, and gives it the name `path`, which must not exist, on the same file system. When this
  // fails nothing stands under that name.
  Result<void> Finish(const std::string& path);

  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  NewFile(int file, std::string path, const FileCalls& calls)
      : file_(file), path_(std::move(path)), calls_(calls) {}
  Result<void> FlushDirectory(const std::string& path) const;

  int file_;  // -1: closed
  std::string path_;
  const FileCalls& calls_;
  std::uint64_t size_ = 0;
  bool finished_ = false;
};

}  // namespace kmaas::backup
