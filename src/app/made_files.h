// What `kmaas init` has put on the disk so far: removed again unless all of it comes about.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kmaas::app {

// The destructor removes in the reverse order; a directory goes when nothing else is in it.
class MadeFiles {
 public:
  MadeFiles() = default;
  ~MadeFiles();
  MadeFiles(const MadeFiles&) = delete;
  MadeFiles& operator=(const MadeFiles&) = delete;

  Result<void> Write(const std::string& path, std::string_view content, mode_t mode);
  // With its parents; those that were there are not touched.
  Result<void> MakeDirectory(const std::string& path);
  // A file that somebody else is about to make. It must not exist yet.
  void Expect(const std::string& path) { paths_.push_back(path); }
  void Keep() { kept_ = true; }

 private:
  std::vector<std::string> paths_;
  bool kept_ = false;
};

}  // namespace kmaas::app
