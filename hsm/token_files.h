// Flushing the files of a token that keeps its objects in a directory: SoftHSM never does.
#pragma once

#include <string>

#include "base/result.h"

namespace kmaas::hsm {

// fsync of every file and directory below `directory`, and of itself. An empty path does nothing.
Result<void> FlushEachFile(const std::string& directory);
// The file system that holds `directory`: one call, however many objects there are.
Result<void> FlushFileSystem(const std::string& directory);

}  // namespace kmaas::hsm
