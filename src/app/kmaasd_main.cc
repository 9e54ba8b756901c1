// kmaasd: the server. Arguments, signals, and the life of one Service.
#include <getopt.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <typeinfo>

#include "app/config.h"
#include "app/foundation.h"
#include "app/hardening.h"
#include "app/process.h"
#include "app/service.h"
#include "base/log.h"

namespace kmaas::app {
namespace {

constexpr int kSucceeded = 0;
constexpr int kFailed = 1;
constexpr int kMisused = 2;

constexpr char kHelp[] =
    "usage: kmaasd [--config FILE] [--check]\n"
    "\n"
    "The key management server: AWS KMS over HTTPS (AWS JSON 1.1, SigV4) and over gRPC, with root "
    "keys in a PKCS#11\ntoken. It stays in the foreground and writes its log to standard error.\n"
    "\n"
    "  --config FILE  the configuration; default: $KMAAS_CONFIG, else /etc/kmaas/kmaas.yaml\n"
    "  --check        check the configuration and the files that it names, and end\n"
    "  --version      show the version\n"
    "  -h, --help     show this text\n"
    "\n"
    "SIGTERM and SIGINT answer what is in flight and end; SIGHUP reads the certificates again. The "
    "user PIN comes\nfrom hsm.pin_file or from the variable hsm.pin_environment (KMAAS_USER_PIN). "
    "`kmaas init` makes what kmaasd\nneeds; `kmaas status` shows it.\n"
    "\n"
    "Exit status: 0 ended as told, 1 failed, 2 wrong arguments.\n";

struct Arguments {
  std::string config_file = "/etc/kmaas/kmaas.yaml";
  bool check = false;
  int status = -1;  // not -1: end with it
};

Arguments ReadArguments(int argc, char** argv) {
  Arguments arguments;
  if (const char* file = std::getenv("KMAAS_CONFIG"); file != nullptr && *file != '\0')
    arguments.config_file = file;
  static constexpr std::array<option, 5> kOptions{{{"config", required_argument, nullptr, 'c'},
                                                   {"check", no_argument, nullptr, 'k'},
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
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
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

void ServeUntilTold(Service& service, const Config& config, const sigset_t& signals) {
  // By the kernel's hand when nothing else helps: a call that hangs in the token's module cannot be
  // cut short, and a process that cannot end would need an operator.
  constexpr std::chrono::seconds kPatience{30};
  const HealthTimer timer(service, config.health_interval);
  for (;;) {
    const int number = ::sigwaitinfo(&signals, nullptr);
    if (number == SIGHUP) service.ReloadCertificates();
    if (number != SIGTERM && number != SIGINT) continue;
    log::Info("stopping", {{"signal", number}});
    ::alarm(static_cast<unsigned>((config.drain_max + kPatience).count()));
    return;
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

Result<void> Run(const Arguments& arguments) {
  const SystemClock clock;
  KM_TRY(const Config config, LoadConfig(arguments.config_file));
  log::Configure(config.log.level, config.log.format);
  if (arguments.check) return Check(config, clock);
  KM_CHECK(DropPrivileges(config));
  KM_CHECK(HardenProcess(config.process));
  SetModuleEnvironment(config.hsm);
  KM_TRY(UserPins pins, ReadUserPins(config.hsm, [&](const std::string&) -> Result<SecretBytes> {
           return Error{ErrorCode::kValidation,
                        "no user PIN: set hsm.pin_file in the configuration, or the variable " +
                            config.hsm.pin_environment};
         }));
  // Blocked before there are threads, so that every thread leaves them to this one.
  const sigset_t signals = WatchedSignals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const confinement::Rights rights = ToRights(config);
  KM_CHECK(ConfineFiles(config, rights));
  KM_TRY(const std::unique_ptr<Service> service, Service::Start(config, std::move(pins), clock));
  PidFile pid_file;
  if (!config.process.pid_file.empty()) {
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
  ServeUntilTold(*service, config, signals);
  NotifyServiceManager("STOPPING=1");
  service->Stop(config.drain_max);
  LogRefusals();
  log::Info("stopped");
  return {};
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
      const kmaas::Result<void> done = kmaas::app::Run(arguments);
      status = done ? kmaas::app::kSucceeded : kmaas::app::kFailed;
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
