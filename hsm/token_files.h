// Flushing the files of a token that keeps its objects in a directory: SoftHSM never does.
#pragma once

#include <string>

#include "base/result.h"

namespace kmaas::hsm {

enum class FlushScope {
  kAll,     // every file
  kRecent,  // files about as new as the last creation or deletion beside them: one changed object
};

// fsync of files and of every directory below `directory`, and of itself. An empty path does
// nothing. Costs a stat per object, so it is for the long lane.
Result<void> FlushFiles(const std::string& directory, FlushScope scope);

}  // namespace kmaas::hsm
