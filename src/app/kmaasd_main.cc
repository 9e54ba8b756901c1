// kmaasd: the server. Arguments, signals, and the life of one Service.
#include <getopt.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <typeinfo>

#include "app/config.h"
#include "app/custodian_settings.h"
#include "app/custodian_wait.h"
#include "app/file_check.h"
#include "app/foundation.h"
#include "app/hardening.h"
#include "app/hsm_isolation.h"
#include "app/keeper.h"
#include "app/process.h"
#include "app/reload_outcome.h"
#include "app/service.h"
#include "base/log.h"

namespace kmaas::app {
namespace {

constexpr int kSucceeded = 0;
constexpr int kFailed = 1;
constexpr int kMisused = 2;

constexpr char kHelp[] =
    "usage: kmaasd [--config FILE] [--check | --keep-sockets]\n"
    "\n"
    "The key management server: AWS KMS over HTTPS (AWS JSON 1.1, SigV4) and over gRPC, with root "
    "keys in a PKCS#11\ntoken. It stays in the foreground and writes its log to standard error.\n"
    "\n"
    "  --config FILE  the configuration; default: $KMAAS_CONFIG, else /etc/kmaas/kmaas.yaml\n"
    "  --check        check the configuration and the files that it names, and end\n"
    "  --keep-sockets run the server as a child and keep its listening sockets open: SIGUSR2 "
    "replaces the\n"
    "                 server, by a newly installed program too, and no connection is refused\n"
    "  --version      show the version\n"
    "  -h, --help     show this text\n"
    "\n"
    "SIGTERM answers what is in flight, sends clients away and ends; SIGINT ends sooner; SIGHUP "
    "reads the\nconfiguration and the files that it names again (`kmaas reload` says what became "
    "of "
    "it); SIGUSR1 takes the newest\nroots of the token into use (`kmaas root rotate`). Sockets are "
    "taken\nfrom systemd where kmaasd.socket keeps them. The user PIN comes from "
    "hsm.pin_file, from the variable hsm.pin_environment (KMAAS_USER_PIN), or from custodians, for "
    "whom it waits. "
    "`kmaas init` makes what kmaasd\nneeds; `kmaas status` shows it.\n"
    "\n"
    "Exit status: 0 ended as told, 1 failed, 2 wrong arguments.\n";

struct Arguments {
  std::string config_file = "/etc/kmaas/kmaas.yaml";
  bool check = false;
  bool keep_sockets = false;
  int status = -1;  // not -1: end with it
};

Arguments ReadArguments(int argc, char** argv) {
  Arguments arguments;
  if (const char* file = std::getenv("KMAAS_CONFIG"); file != nullptr && *file != '\0')
    arguments.config_file = file;
  static constexpr std::array<option, 6> kOptions{{{"config", required_argument, nullptr, 'c'},
                                                   {"check", no_argument, nullptr, 'k'},
                                                   {"keep-sockets", no_argument, nullptr, 's'},
                                                   {"version", no_argument, nullptr, 'v'},
                                                   {"help", no_argument, nullptr, 'h'},
                                                   {nullptr, 0, nullptr, 0}}};
  for (int found = 0; (found = ::getopt_long(argc, argv, "h", kOptions.data(), nullptr)) != -1;) {
    switch (found) {
      case 'c':
        arguments.config_file = optarg;
        break;
      case 'k':
        arguments.check = true;
        break;
      case 's':
        arguments.keep_sockets = true;
        break;
      case 'v':
        std::cout << "kmaasd " << KMAAS_VERSION << '\n';
        arguments.status = kSucceeded;
        return arguments;
      case 'h':
        std::cout << kHelp;
        arguments.status = kSucceeded;
        return arguments;
      default:
        std::cerr << "kmaasd --help explains the arguments\n";
        arguments.status = kMisused;
        return arguments;
    }
  }
  if (optind < argc) {
    std::cerr << "kmaasd: unexpected argument: " << argv[optind] << '\n';
    arguments.status = kMisused;
  }
  return arguments;
}

sigset_t WatchedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) sigaddset(&signals, number);
  return signals;
}

// Looks at the service's health now and then, on a thread of its own: a token that hangs must not
// keep the process from hearing that it shall stop.
class HealthTimer {
 public:
  HealthTimer(Service& service, std::chrono::milliseconds interval)
      : service_(service), interval_(interval), thread_([this] { Run(); }) {}
  ~HealthTimer() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    ended_.notify_all();
    thread_.join();
  }
  HealthTimer(const HealthTimer&) = delete;
  HealthTimer& operator=(const HealthTimer&) = delete;

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, interval_, [this] { return ending_; })) {
      lock.unlock();
      Look();
      lock.lock();
    }
  }

  // What is thrown here, for want of memory most likely, must not end the process from this thread.
  void Look() {
    try {
      service_.CheckHealth();
      LogRefusals();
    } catch (const std::exception& failure) {
      log::Error("health_not_checked", {{"type", typeid(failure).name()}});
    }
  }

  Service& service_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses the others
};

// What SIGHUP asks for: all of the configuration's file that can change, or nothing.
void Reload(Service& service, Config& config, const confinement::Rights& rights) {
  ReloadOutcome outcome;
  outcome.began = MonotonicMicroseconds();
  NotifyServiceManager("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(outcome.began));
  const auto take = [&]() -> Result<void> {
    try {
      KM_TRY(Config wanted, LoadConfig(config.file));
      KM_CHECK(service.Reload(config, wanted, rights));
      config = std::move(wanted);
      return {};
    } catch (const std::exception& failure) {  // for want of memory most likely
      return Error{ErrorCode::kKmsInternal, std::string("thrown: ") + typeid(failure).name()};
    }
  };
  const Result<void> taken = take();
  outcome.taken = taken.has_value();
  ReloadCounters& counters = service.reloads();
  ++(taken ? counters.taken : counters.refused);
  counters.last_refused = !taken;
  if (taken) {
    log::Info("configuration_reloaded", {{"file", config.file}});
  } else {
    outcome.why = ForOperators(taken.error());
    log::Error("configuration_not_taken", {{"detail", outcome.why}});
  }
  if (const Result<void> written = WriteReloadOutcome(config, outcome); !written)
    log::Error("reload_outcome_not_written", {{"detail", ForOperators(written.error())}});
  NotifyServiceManager("READY=1");
}

// Returns how the service shall end.
DrainSpans ServeUntilTold(Service& service, Config& config, const confinement::Rights& rights,
                          const sigset_t& signals) {
  // By the kernel's hand when nothing else helps: a call that hangs in the token's module cannot be
  // cut short, and a process that cannot end would need an operator.
  constexpr std::chrono::seconds kPatience{30};
  const HealthTimer timer(service, config.health_interval);
  for (;;) {
    const int number = ::sigwaitinfo(&signals, nullptr);
    if (number == SIGHUP) Reload(service, config, rights);
    if (number == SIGUSR2)
      log::Warning("not_restarted", {{"detail", "nobody keeps the sockets: see --keep-sockets"}});
    if (number == SIGUSR1) service.RotateRoots();
    if (number != SIGTERM && number != SIGINT) continue;
    log::Info("stopping", {{"signal", number}});
    ::alarm(static_cast<unsigned>((config.drain_max + kPatience).count()));
    // Whoever sits at the terminal does not want to wait for idle clients.
    const bool hurries = number == SIGINT;
    return {config.drain_max, hurries ? std::chrono::milliseconds(0) : kDrainGrace};
  }
}

Result<void> Check(const Config& config, const Clock& clock) {
  KM_CHECK(CheckFiles(config, clock.Now()));
  std::cout << config.file << ": the configuration and the files that it names are in order\n";
  return {};
}

std::string MetricsAddress(const Config& config, const Service& service) {
  if (!config.metrics.enabled) return "off";
  return config.metrics.address + ":" + std::to_string(service.metrics_port());
}

// The program's own path, at which an upgrade puts the next one.
std::string Self() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

// The exit status.
Result<int> Run(const Arguments& arguments) {
  const SystemClock clock;
  KM_TRY(Config config, LoadConfig(arguments.config_file));
  log::Configure(config.log.level, config.log.format);
  if (arguments.check) {
    KM_CHECK(Check(config, clock));
    return kSucceeded;
  }
  KM_CHECK(DropPrivileges(config));
  KM_CHECK(HardenProcess(config.process));
  SetModuleEnvironment(config.hsm);
  KM_CHECK(IsolateModules(config));
  const auto missing = [&](const std::string& /*token*/) -> Result<SecretBytes> {
    if (PinFromCustodians(config.hsm)) return SecretBytes();  // they give it
    return Error{ErrorCode::kValidation,
                 "no user PIN: set hsm.pin_file in the configuration, or the variable " +
                     config.hsm.pin_environment};
  };
  KM_TRY(UserPins pins, ReadUserPins(config.hsm, missing));
  // Blocked before there are threads, so that every thread leaves them to this one.
  const sigset_t signals = WatchedSignals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  KM_TRY(std::optional<CustodianDesk> desk, OpenDeskIfWanted(config));
  const confinement::Rights rights = ToRights(config);
  KM_CHECK(ConfineFiles(config, rights));
  KM_TRY(Listeners listeners, TakePassedSockets(config));
  if (desk) {
    KM_TRY(std::optional<SecretBytes> given,
           AwaitCustodians(config, *std::move(desk), listeners.https, clock));
    if (!given) return kSucceeded;  // told to end before they came
    for (SecretBytes& pin : pins.of_tokens)
      if (pin.empty()) pin = given->Clone();
  }
  KM_TRY(const std::unique_ptr<Service> service,
         Service::Start(config, std::move(pins), clock, std::move(listeners)));
  PidFile pid_file;
  if (!config.process.pid_file.empty() && !HasKeeper()) {
    KM_TRY(pid_file, PidFile::Write(config.process.pid_file));
  }
  log::Info("serving",
            {{"version", KMAAS_VERSION},
             {"region", config.region},
             {"further_regions", config.further_regions.size()},
             {"https", config.https.address + ":" + std::to_string(service->https_port())},
             {"grpc", config.grpc.address + ":" + std::to_string(service->grpc_port())},
             {"metrics", MetricsAddress(config, *service)}});
  KM_CHECK(ConfineCalls(config, rights));
  NotifyServiceManager("READY=1");
  const DrainSpans spans = ServeUntilTold(*service, config, rights, signals);
  NotifyServiceManager("STOPPING=1");
  service->Stop(spans);
  LogRefusals();
  log::Info("stopped");
  return kSucceeded;
}

}  // namespace
}  // namespace kmaas::app

int main(int argc, char** argv) {
  int status = kmaas::app::kFailed;
  try {
    std::signal(SIGPIPE, SIG_IGN);
    const kmaas::app::Arguments arguments = kmaas::app::ReadArguments(argc, argv);
    status = arguments.status;
    if (status == -1) {
      const kmaas::Result<int> done =
          arguments.keep_sockets
              ? kmaas::app::KeepSockets(arguments.config_file, kmaas::app::Self())
              : kmaas::app::Run(arguments);
      status = done ? *done : kmaas::app::kFailed;
      if (!done) std::cerr << "kmaasd: " << kmaas::app::ForOperators(done.error()) << '\n';
    }
  } catch (const std::exception& failure) {
    std::cerr << "kmaasd: " << failure.what() << '\n';
    status = kmaas::app::kFailed;
  }
  std::cout.flush();
  // PKCS#11 modules are reported to crash in their exit handlers.
  ::_exit(status);
}
