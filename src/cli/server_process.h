// The server beside a command.
#pragma once

#include <string>

#include "base/result.h"

namespace kmaas::cli {

// Tells kmaasd (app::ServerProcess) to take the newest roots into use (SIGUSR1). kValidation when
// `process` is none, or one that does not wait for that signal: it would end by it.
Result<void> AskToRotateRoots(const std::string& process);

}  // namespace kmaas::cli
