// Files that kmaas makes: never over an existing one, and on the disk when the call returns.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::app {

inline constexpr mode_t kPrivateFile = 0600;
inline constexpr mode_t kPublicFile = 0644;

// Fails when the file exists, and leaves nothing behind when it cannot be written whole.
Result<void> WriteNewFile(const std::string& path, std::string_view content, mode_t mode);
// Makes the directory and its parents with mode 0700; one that is there already is left as it is.
Result<void> MakeDirectory(const std::string& path);
bool Exists(const std::string& path);  // a dangling symbolic link exists too
// What errno says, for messages.
std::string ErrnoText(int number);

}  // namespace kmaas::app
