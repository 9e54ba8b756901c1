// A file that only grows, by whole writes: a failed write leaves nothing of itself behind.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::audit {

// The system calls that can fail. Tests put failing ones here.
struct FileCalls {
  std::function<ssize_t(int, const void*, std::size_t)> write;
  std::function<int(int, off_t)> truncate;
  std::function<int(int)> sync;

  static const FileCalls& System();
};

// One thread at a time may Write; any may Sync meanwhile.
class AppendFile {
 public:
  // Mode 0600. The file must not exist; its directory entry is durable afterwards.
  static Result<std::shared_ptr<AppendFile>> Create(const std::string& path,
                                                    const FileCalls& calls);
  // What stands after `size` bytes is cut off.
  static Result<std::shared_ptr<AppendFile>> Continue(const std::string& path, std::uint64_t size,
                                                      const FileCalls& calls);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  // All of `bytes`, or an error and nothing of them. A rest that could not be cut off is cut off
  // before the next write, which fails as long as that does.
  Result<void> Write(std::string_view bytes);
  // What was written before the call survives power loss. After a failure the kernel may have
  // forgotten that its pages are not on the disk, so the next Sync writes them again. Only the end
  // of what is on the disk stays in the page cache: whoever follows the file reads there. Fails
  // while another file, or none, stands at the path, or less than was written: what this one takes
  // then is recorded nowhere.
  Result<void> Sync();

  // For whoever writes, before another file is begun: nothing but whole writes is left in this one,
  // and they are durable. Nothing else would mend an older file.
  Result<void> Finish();

  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  AppendFile(int file, std::string path, std::uint64_t size, const FileCalls& calls)
      : file_(file), path_(std::move(path)), calls_(calls), size_(size), synced_(size) {}
  Result<void> CutRest();
  Result<void> StandsWhole(std::uint64_t end) const;
  Result<void> WriteAgain(std::uint64_t end);
  void DropFromCache();
  Error Failure(const char* doing, int error) const;

  const int file_;
  const std::string path_;
  const FileCalls& calls_;
  std::atomic<std::uint64_t> size_;  // of whole writes
  bool has_rest_ = false;            // of the writer: the file may be longer than that
  std::mutex sync_mutex_;
  std::uint64_t synced_;
  std::uint64_t dropped_ = 0;
  bool sync_failed_ = false;
};

// Text for the operator and the log: what failed, with the system's words.
Error FileError(const std::string& what, int error);
Result<void> SyncDirectory(const std::string& directory);

}  // namespace kmaas::audit
