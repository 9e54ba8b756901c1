#include "cli/server_process.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace kmaas::cli {
namespace {

// As proc(5) has the signals that a thread keeps back.
bool ThreadKeepsBack(const std::string& status_file, int signal) {
  std::ifstream status(status_file);
  constexpr std::string_view kBlocked = "SigBlk:\t";
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(kBlocked)) continue;
    std::uint64_t mask = 0;
    const char* const end = line.data() + line.size();
    std::from_chars(line.data() + kBlocked.size(), end, mask, 16);
    return ((mask >> static_cast<unsigned>(signal - 1)) & 1U) != 0;
  }
  return false;
}

// A process that takes a signal when it wants to: the thread that waits for it does not keep it
// back just then, and the others do.
bool KeepsBack(const std::string& process, int signal) {
  std::error_code failure;
  for (const auto& thread :
       std::filesystem::directory_iterator("/proc/" + process + "/task", failure))
    if (ThreadKeepsBack(thread.path().string() + "/status", signal)) return true;
  return false;
}

}  // namespace

Result<void> AskToRotateRoots(const std::string& process) {
  pid_t id = 0;
  const char* const end = process.data() + process.size();
  const auto [stop, failure] = std::from_chars(process.data(), end, id);
  if (failure != std::errc() || stop != end || id <= 1 || !KeepsBack(process, SIGUSR1))
    return Error{ErrorCode::kValidation,
                 "process " + process +
                     " has the database, and is no kmaasd that rotates roots; wait until it ends"};
  if (::kill(id, SIGUSR1) == 0) return {};
  return Error{ErrorCode::kValidation, "kmaasd, process " + process + ", cannot be told: " +
                                           std::generic_category().message(errno) +
                                           ". Run this as its user, or as root."};
}

}  // namespace kmaas::cli
