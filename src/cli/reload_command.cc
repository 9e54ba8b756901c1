// kmaas reload: has the server take its configuration again, and says what became of it.
#include <sys/types.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include "app/private_file.h"
#include "app/reload_outcome.h"
#include "app/server_process.h"
#include "cli/commands.h"
#include "cli/json_writer.h"

namespace kmaas::cli {
namespace {

constexpr std::chrono::milliseconds kLookInterval{20};

Error Failed(std::string message) { return {ErrorCode::kKmsInternal, std::move(message)}; }

Result<pid_t> FindServer(const app::Config& config) {
  const std::optional<std::string> text = app::ServerProcess(config.store.path);
  pid_t server = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), server);
  if (server > 0) return server;
  return Failed("no server runs on " + config.store.path +
                "; if data_directory or store.path has just changed, it has to be restarted");
}

// The outcome of a reload that began after this.
Result<app::ReloadOutcome> Ask(const app::Config& config, pid_t server,
                               std::chrono::seconds patience) {
  const std::uint64_t asked = app::MonotonicMicroseconds();
  const std::string process = "process " + std::to_string(server);
  if (::kill(server, SIGHUP) != 0)
    return Failed(process + ": " + app::ErrnoText(errno) +
                  (errno == EPERM ? "; run as root, or as the user that the server runs as" : ""));
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    const std::optional<app::ReloadOutcome> outcome = app::ReadReloadOutcome(config);
    if (outcome && outcome->began >= asked) return *outcome;
    if (::kill(server, 0) != 0 && errno == ESRCH) return Failed(process + " has ended");
    std::this_thread::sleep_for(kLookInterval);
  }
  return Failed(process + " has not answered for " + std::to_string(patience.count()) +
                " seconds; its log says what it does");
}

Result<void> Reload(Invocation& invocation, std::chrono::seconds patience) {
  // What is wrong with the file is said without the server's help, and whether it runs or not.
  KM_TRY(const app::Config config, invocation.Load());
  KM_TRY(const pid_t server, FindServer(config));
  KM_TRY(const app::ReloadOutcome outcome, Ask(config, server, patience));
  if (invocation.json) {
    JsonWriter json;
    json.BeginObject();
    json.Member("server_process", std::to_string(server)).Member("taken", outcome.taken);
    if (!outcome.taken) json.Member("why", outcome.why);
    json.End();
    invocation.out << std::move(json.text());
  } else if (outcome.taken) {
    invocation.out << config.file << ": taken by process " << server << '\n';
  }
  if (!outcome.taken) return Failed("the server goes on with what it had, because\n" + outcome.why);
  return {};
}

constexpr char kFooter[] =
    "The server reads the configuration and the files that it names again: certificates, client "
    "authorities,\nprincipals, the metrics token, SIEM destinations, log and shutdown settings. It "
    "takes all of it or nothing;\nopen connections stay. A changed setting that needs a restart is "
    "refused by name and line. The same as\nSIGHUP, but says what became of it.\n"
    "\n"
    "Examples:\n"
    "  kmaas reload --config kmaas.yaml\n"
    "  kmaas reload --json | jq .taken\n"
    "\n"
    "Exit status 1 when nothing has changed, with the reason.";

}  // namespace

void AddReloadCommand(CLI::App& program, Invocation& invocation) {
  constexpr unsigned kPatienceSeconds = 30;
  constexpr unsigned kPatienceSecondsMax = 600;
  CLI::App& reload = *program.add_subcommand(
      "reload", "Have the running server take its configuration and certificates again");
  const auto patience = std::make_shared<unsigned>(kPatienceSeconds);
  invocation.AddConfigOption(reload);
  reload.add_option("--timeout-seconds", *patience, "How long to wait for the server's answer")
      ->check(CLI::Range(1U, kPatienceSecondsMax))
      ->capture_default_str();
  invocation.AddJsonOption(reload);
  reload.footer(kFooter);
  reload.callback([&invocation, patience] {
    invocation.action = [&invocation, patience] {
      return Reload(invocation, std::chrono::seconds(*patience));
    };
  });
}

}  // namespace kmaas::cli
