// kmaas backup: options, help with examples, and the action.
#pragma once

#include "cli/invocation.h"

namespace kmaas::cli {

void AddBackupCommand(CLI::App& program, Invocation& invocation);

}  // namespace kmaas::cli
