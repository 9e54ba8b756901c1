// kmaas as a function: arguments in, text and an exit status out.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "cli/invocation.h"

namespace kmaas::cli {

inline constexpr int kSucceeded = 0;
inline constexpr int kFailed = 1;
inline constexpr int kMisused = 2;  // the arguments are wrong

// All commands with their options; borrows the invocation.
std::unique_ptr<CLI::App> MakeProgram(Invocation& invocation);

// `arguments` without the program's name.
int Run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

}  // namespace kmaas::cli
