// The file that a new access key is written to instead of the terminal.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::cli {

// Into a file that was reserved before the key was made, so only the disk can be in the way.
Result<void> FillCredentialsFile(const std::string& file, std::string_view content);

}  // namespace kmaas::cli
