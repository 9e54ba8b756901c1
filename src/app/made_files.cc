#include "app/made_files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "app/private_file.h"

namespace kmaas::app {

MadeFiles::~MadeFiles() {
  if (kept_) return;
  // Backwards: a directory was noted before what is in it.
  std::reverse(paths_.begin(), paths_.end());
  for (const std::string& path : paths_) std::remove(path.c_str());
}

Result<void> MadeFiles::Write(const std::string& path, std::string_view content, mode_t mode) {
  KM_CHECK(WriteNewFile(path, content, mode));
  paths_.push_back(path);
  return {};
}

Result<void> MadeFiles::MakeDirectory(const std::string& path) {
  std::vector<std::string> missing;
  for (std::filesystem::path at(path); !at.empty() && !Exists(at.string()); at = at.parent_path()) {
    missing.push_back(at.string());
  }
  paths_.insert(paths_.end(), missing.rbegin(), missing.rend());
  return app::MakeDirectory(path);
}

}  // namespace kmaas::app
