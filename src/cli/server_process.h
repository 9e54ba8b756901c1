// The server beside a command.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace kmaas::cli {

// The id of the process that has the database open for writing; none when nobody has. It holds the
// lock beside the database as long as it lives.
std::optional<std::string> ServerProcess(const std::string& database);

// Tells kmaasd to take the newest roots into use (SIGUSR1). kValidation when `process` is none, or
// one that does not wait for that signal: it would end by it.
Result<void> AskToRotateRoots(const std::string& process);

}  // namespace kmaas::cli
