#include "backup/work_directory.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace kmaas::backup {

Result<WorkDirectory> WorkDirectory::Make(const std::string& near) {
  std::string path = near + ".work-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr)
    return Error{ErrorCode::kDependencyTimeout, "no directory can be made beside " + near + ": " +
                                                    std::generic_category().message(errno)};
  return WorkDirectory(std::move(path));
}

WorkDirectory::WorkDirectory(WorkDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

WorkDirectory::~WorkDirectory() {
  if (path_.empty()) return;
  // What cannot be removed is named like what it is; the runbook says so.
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace kmaas::backup
