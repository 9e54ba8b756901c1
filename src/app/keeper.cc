#include "app/keeper.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <vector>

#include "app/config.h"
#include "app/hardening.h"
#include "app/passed_sockets.h"
#include "app/private_file.h"
#include "app/process.h"
#include "base/log.h"

namespace kmaas::app {
namespace {

constexpr char kKeeperVariable[] = "KMAASD_KEEPER";
constexpr int kNotExecuted = 127;
constexpr int kSignalBase = 128;

int StatusOf(int state) {
  return WIFSIGNALED(state) ? kSignalBase + WTERMSIG(state) : WEXITSTATUS(state);
}

// The exit status of a child that has ended, or will.
int Await(pid_t child) {
  int state = 0;
  while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  return StatusOf(state);
}

// Those of `held` that listen where the configuration wants them, and new ones for the rest.
Result<Listeners> OpenListeners(const Config& config, const Config* before, const Listeners& held) {
  Listeners opened;
  for (const WantedListener& wanted : WantedListeners(config)) {
    const ListeningSocket& old = held.*wanted.socket;
    bool stays = false;
    if (before != nullptr && old.is_open())
      for (const WantedListener& earlier : WantedListeners(*before))
        stays = stays || (earlier.name == wanted.name && earlier.address == wanted.address &&
                          earlier.port == wanted.port);
    Result<ListeningSocket> socket =
        stays ? old.Copy() : ListeningSocket::Open(wanted.address, wanted.port);
    if (!socket)
      return Error{ErrorCode::kValidation,
                   wanted.name + ": cannot listen: " + socket.error().detail};
    opened.*wanted.socket = *std::move(socket);
  }
  return opened;
}

class Keeper {
 public:
  Keeper(std::string config_file, std::string program)
      : config_file_(std::move(config_file)), program_(std::move(program)) {}

  Result<int> Run();

 private:
  void BlockSignals();
  pid_t Start(std::initializer_list<const char*> arguments, bool passes_sockets) const;
  Result<void> StartServer();
  int EndServer() const;
  Result<void> Prepare();
  Result<void> Restart();
  // The status with which to end, once there is one.
  std::optional<int> Hear(int signal);

  const std::string config_file_;
  const std::string program_;
  Config config_;
  Listeners listeners_;
  sigset_t signals_{};
  sigset_t signals_before_{};
  pid_t server_ = -1;
};

void Keeper::BlockSignals() {
  sigemptyset(&signals_);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD})
    sigaddset(&signals_, number);
  ::sigprocmask(SIG_BLOCK, &signals_, &signals_before_);
}

pid_t Keeper::Start(std::initializer_list<const char*> arguments, bool passes_sockets) const {
  std::vector<char*> words{const_cast<char*>(program_.c_str())};
  for (const char* argument : arguments) words.push_back(const_cast<char*>(argument));
  words.push_back(nullptr);
  const pid_t keeper = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  // A server without a keeper would be one that nobody finds.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::setenv(kKeeperVariable, std::to_string(keeper).c_str(), 1);
  ::sigprocmask(SIG_SETMASK, &signals_before_, nullptr);
  if (::getppid() == keeper && (!passes_sockets || PassSockets(listeners_)))
    ::execv(program_.c_str(), words.data());
  ::_exit(kNotExecuted);
}

Result<void> Keeper::StartServer() {
  server_ = Start({"--config", config_file_.c_str()}, true);
  if (server_ < 0)
    return Error{ErrorCode::kKmsInternal, "no server can be started: " + ErrnoText(errno)};
  log::Info("server_started", {{"process", server_}, {"program", program_}});
  return {};
}

// Which bounds its own end.
int Keeper::EndServer() const {
  ::kill(server_, SIGTERM);
  return Await(server_);
}

// All that can fail, while the server goes on.
Result<void> Keeper::Prepare() {
  KM_TRY(Config wanted, LoadConfig(config_file_));
  const pid_t check = Start({"--check", "--config", config_file_.c_str()}, false);
  const int status = check < 0 ? kNotExecuted : Await(check);
  if (status != 0)
    return Error{ErrorCode::kValidation, program_ + " --check --config " + config_file_ +
                                             " ends with status " + std::to_string(status)};
  KM_TRY(Listeners opened, OpenListeners(wanted, &config_, listeners_));
  listeners_ = std::move(opened);
  config_ = std::move(wanted);
  return {};
}

Result<void> Keeper::Restart() {
  if (const Result<void> prepared = Prepare(); !prepared) {
    log::Error("restart_refused", {{"detail", prepared.error().message}});
    return {};
  }
  log::Info("restarting", {{"process", server_}});
  // Whatever became of the old one: the new one is what was asked for.
  if (const int status = EndServer(); status != 0)
    log::Warning("server_ended_badly", {{"status", status}});
  return StartServer();
}

std::optional<int> Keeper::Hear(int signal) {
  switch (signal) {
    case SIGTERM:
    case SIGINT:
      return EndServer();
    case SIGHUP:
    case SIGUSR1:
      ::kill(server_, signal);
      return std::nullopt;
    case SIGUSR2:
      if (const Result<void> restarted = Restart(); !restarted) {
        log::Error("server_not_started", {{"detail", restarted.error().message}});
        return EXIT_FAILURE;
      }
      return std::nullopt;
    default:
      break;
  }
  int state = 0;
  if (::waitpid(server_, &state, WNOHANG) != server_) return std::nullopt;
  log::Error("server_ended", {{"process", server_}, {"status", StatusOf(state)}});
  return StatusOf(state);
}

Result<int> Keeper::Run() {
  KM_TRY(config_, LoadConfig(config_file_));
  log::Configure(config_.log.level, config_.log.format);
  // Before it is an ordinary user: ports below 1024 are root's.
  KM_TRY(listeners_, OpenListeners(config_, nullptr, {}));
  KM_CHECK(DropPrivileges(config_));
  ProcessConfig process = config_.process;
  process.lock_memory = false;  // there is nothing in it
  KM_CHECK(HardenProcess(process));
  BlockSignals();
  PidFile pid_file;
  if (!process.pid_file.empty()) {
    KM_TRY(pid_file, PidFile::Write(process.pid_file));
  }
  KM_CHECK(StartServer());
  for (;;) {
    const int number = ::sigwaitinfo(&signals_, nullptr);
    if (number < 0) continue;
    if (const std::optional<int> status = Hear(number)) return *status;
  }
}

}  // namespace

Result<int> KeepSockets(const std::string& config_file, const std::string& program) {
  return Keeper(config_file, program).Run();
}

bool HasKeeper() {
  const char* keeper = std::getenv(kKeeperVariable);
  return keeper != nullptr && std::to_string(::getppid()) == keeper;
}

}  // namespace kmaas::app
