// kmaas custodians: options, help with examples, and the action.
#pragma once

#include "cli/invocation.h"

namespace kmaas::cli {

void AddCustodianCommands(CLI::App& program, Invocation& invocation);

}  // namespace kmaas::cli
