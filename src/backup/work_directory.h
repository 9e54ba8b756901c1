// A directory of one's own for what is only needed while a backup is made or read.
#pragma once

#include <string>

#include "base/result.h"

namespace kmaas::backup {

// Mode 0700; gone, with all that is in it, with the object. Movable.
class WorkDirectory {
 public:
  // Beside a file that is to come: on its file system, named "<near>.work-" and six characters.
  static Result<WorkDirectory> Make(const std::string& near);
  WorkDirectory(WorkDirectory&& other) noexcept;
  WorkDirectory& operator=(WorkDirectory&&) = delete;
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  ~WorkDirectory();

  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  explicit WorkDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: moved away
};

}  // namespace kmaas::backup
