#include "app/hardening.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <initializer_list>

#include "app/foundation.h"
#include "app/local_authority.h"
#include "app/private_file.h"
#include "app/siem_settings.h"
#include "base/log.h"
#include "base/secret_memory.h"
#include "confinement/files_and_ports.h"
#include "confinement/privileges.h"
#include "confinement/refused_calls.h"
#include "confinement/system_calls.h"
#include "hsm/softhsm_files.h"

namespace kmaas::app {
namespace {

using confinement::Rights;
using Mode = ConfinementConfig::Mode;

constexpr std::uint16_t kLowPortsEnd = 1024;
constexpr std::uint16_t kNameServerPort = 53;
constexpr std::uint16_t kHttpsPort = 443;

// Of the system: libraries and what they read when they are loaded or asked for the time or a name;
// the counters of this process; random bytes.
constexpr const char* kSystemReadable[] = {"/usr/lib",
                                           "/usr/lib64",
                                           "/lib",
                                           "/lib64",
                                           "/usr/local/lib",
                                           "/usr/share/zoneinfo",
                                           "/etc/ssl",
                                           "/etc/ld.so.cache",
                                           "/etc/localtime",
                                           "/etc/nsswitch.conf",
                                           "/etc/hosts",
                                           "/etc/host.conf",
                                           "/etc/gai.conf",
                                           "/etc/services",
                                           "/etc/resolv.conf",
                                           "/etc/passwd",
                                           "/etc/group",
                                           "/proc",
                                           "/sys/devices/system",
                                           "/dev/urandom",
                                           "/dev/random",
                                           "/etc/pkcs11",
                                           "/etc/softhsm"};

Error Refused(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

// A file is read again when another one has taken its place, so it is its directory that counts;
// but nobody gets all of / or /etc for one file in it.
void AddDirectoryOf(const std::string& file, std::vector<std::string>& paths) {
  if (file.empty()) return;
  const std::string directory = std::filesystem::path(file).parent_path().string();
  const bool wide = directory.empty() || directory == "/" || directory == "/etc";
  paths.push_back(wide ? file : directory);
}

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

// https://host[:port][/path]
Endpoint EndpointOf(const std::string& url) {
  constexpr std::string_view kScheme = "https://";
  std::string_view rest = url;
  rest.remove_prefix(std::min(kScheme.size(), rest.size()));
  rest = rest.substr(0, rest.find('/'));
  Endpoint endpoint{std::string(rest), kHttpsPort};
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.find(']', colon) != std::string_view::npos)
    return endpoint;
  const std::string_view digits = rest.substr(colon + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  endpoint.host = rest.substr(0, colon);
  return endpoint;
}

void AddEndpoint(const Endpoint& endpoint, Rights& rights) {
  rights.connect_ports.push_back(endpoint.port);
  if (!IsIpAddress(endpoint.host)) rights.resolves_names = true;
}

void AddDestinations(const Config& config, Rights& rights) {
  for (const siem::Destination& one : config.siem) {
    for (const std::string& file : {one.ca, one.certificate, one.private_key, one.token_file})
      AddDirectoryOf(file, rights.readable);
    AddDirectoryOf(one.file, rights.writable);
    if (one.transport != siem::TransportKind::kFile) AddEndpoint({one.host, one.port}, rights);
  }
}

// What a module is told of its own files.
void AddModuleFiles(const Config& config, Rights& rights) {
  for (const auto& [name, value] : config.hsm.environment)
    if (value.starts_with('/')) rights.readable.push_back(value);
}

void AddFiles(const Config& config, Rights& rights) {
  std::vector<std::string>& readable = rights.readable;
  for (const std::string& file :
       {config.file, config.https.certificate, config.https.private_key, config.grpc.certificate,
        config.grpc.private_key, config.grpc.client_ca, config.grpc.principals_file,
        config.metrics.token_file, config.hsm.module, hsm::SoftHsmConfiguration()})
    AddDirectoryOf(file, readable);
  for (const TokenConfig& token : config.hsm.tokens) AddDirectoryOf(token.module, readable);
  for (const IssuerConfig& issuer : config.issuers)
    for (const std::string& file : {issuer.keys_file, issuer.keys_ca})
      AddDirectoryOf(file, readable);
  for (const std::string& file : config.attestation_roots) AddDirectoryOf(file, readable);
  for (const KeyStoreConfig& store : config.key_stores)
    for (const std::string& file : {store.module, store.trust_anchor})
      AddDirectoryOf(file, readable);
  AddModuleFiles(config, rights);
}

void AddOwnFiles(const Config& config, Rights& rights) {
  std::vector<std::string>& writable = rights.writable;
  writable.insert(writable.end(), {config.data_directory, config.audit.directory,
                                   hsm::SoftHsmDirectory(), "/dev/null"});
  AddDirectoryOf(config.store.path, writable);
  AddDirectoryOf(config.process.pid_file, writable);
}

void AddPorts(const Config& config, Rights& rights) {
  rights.listen_ports = {config.https.port, config.grpc.port};
  if (config.metrics.enabled) rights.listen_ports.push_back(config.metrics.port);
  for (const IssuerConfig& issuer : config.issuers)
    if (!issuer.keys_url.empty()) AddEndpoint(EndpointOf(issuer.keys_url), rights);
  if (!rights.resolves_names) return;
  rights.connect_ports.push_back(kNameServerPort);
  // The name servers' file is replaced when the network changes. Of what others must not read
  // there, an ordinary user can read nothing.
  if (::geteuid() != 0) rights.readable.emplace_back("/etc");
  std::error_code error;
  AddDirectoryOf(std::filesystem::canonical("/etc/resolv.conf", error), rights.readable);
}

void AddFurther(const ConfinementConfig& wanted, Rights& rights) {
  const auto add = [](const auto& from, auto& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  add(wanted.readable, rights.readable);
  add(wanted.writable, rights.writable);
  add(wanted.connect_ports, rights.connect_ports);
  add(wanted.system_calls, rights.system_calls);
}

// What is locked counts against a limit once the capability to pass it is gone; root may lift it.
void LiftLockLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return;
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_MEMLOCK, &none) == 0) return;
  // Whoever may not keeps what he has; LogUnlockedSecrets says when it does not do.
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_MEMLOCK, &limit);
}

void LogUnlockedSecrets() {
  static std::uint64_t said = 0;
  const SecretMemoryCounters secrets = CountersOfSecretMemory();
  const std::uint64_t bad = secrets.unlocked_bytes + secrets.dumped_bytes;
  if (bad == said) return;
  said = bad;
  log::Warning("secrets_not_locked", {{"bytes", secrets.unlocked_bytes},
                                      {"in_core_dumps", secrets.dumped_bytes},
                                      {"detail", "raise RLIMIT_MEMLOCK (systemd: LimitMEMLOCK)"}});
}

// Missing in the kernel, or forbidden by a container around us.
Result<void> Without(const ConfinementConfig& confinement, const std::string& what) {
  if (confinement.mode == Mode::kRequired)
    return Refused("confinement.mode is required, and " + what);
  log::Warning("not_confined", {{"detail", what}});
  return {};
}

}  // namespace

Result<void> DropPrivileges(const Config& config) {
  const std::string owner = confinement::OwnerOf(config.data_directory);
  const auto low = [](std::uint16_t port) { return port != 0 && port < kLowPortsEnd; };
  confinement::Privileges wanted{config.process.user, low(config.https.port) ||
                                                          low(config.grpc.port) ||
                                                          low(config.metrics.port)};
  const bool root = ::geteuid() == 0;
  LiftLockLimit();
  KM_CHECK(confinement::GiveUp(wanted));
  const std::string self = confinement::OwnName();
  if (root && !owner.empty() && owner != self) {
    return Refused(config.data_directory + " belongs to " + owner + ", and this would be " + self +
                   ": set process.user to " + owner + ", start kmaasd as " + owner +
                   ", or give the directory and all in it to " + self);
  }
  if (root && config.process.user.empty())
    log::Warning("serves_as_root", {{"detail", "without capabilities; set process.user"}});
  if (config.process.core_dumps)
    log::Warning("memory_may_be_dumped", {{"detail", "process.core_dumps is true"}});
  return {};
}

Rights ToRights(const Config& config) {
  Rights rights;
  rights.readable.assign(std::begin(kSystemReadable), std::end(kSystemReadable));
  AddFiles(config, rights);
  AddOwnFiles(config, rights);
  AddDestinations(config, rights);
  AddPorts(config, rights);
  // Name services and the modules of key stores are loaded when they are needed.
  rights.loads_libraries = rights.resolves_names || !config.key_stores.empty();
  AddFurther(config.confinement, rights);
  const auto unset = [](std::vector<std::string>& paths) { std::erase(paths, ""); };
  unset(rights.readable);
  unset(rights.writable);
  return rights;
}

Rights RightsOfDestinations(const Config& config) {
  Rights rights;
  AddDestinations(config, rights);
  return rights;
}

Rights ToWorkerRights(const Config& config) {
  Rights rights;
  rights.readable.assign(std::begin(kSystemReadable), std::end(kSystemReadable));
  AddDirectoryOf(config.hsm.module, rights.readable);
  // Beside it may be what is the server's: PINs, keys.
  rights.readable.push_back(hsm::SoftHsmConfiguration());
  for (const KeyStoreConfig& store : config.key_stores)
    AddDirectoryOf(store.module, rights.readable);
  for (const TokenConfig& token : config.hsm.tokens) AddDirectoryOf(token.module, rights.readable);
  AddModuleFiles(config, rights);
  rights.writable = {hsm::SoftHsmDirectory(), "/dev/null"};
  // Modules load what they need when it is needed.
  rights.loads_libraries = true;
  AddFurther(config.confinement, rights);
  const auto unset = [](std::vector<std::string>& paths) { std::erase(paths, ""); };
  unset(rights.readable);
  unset(rights.writable);
  return rights;
}

Result<void> ConfineFiles(const Config& config, const Rights& rights) {
  if (config.confinement.mode == Mode::kOff) {
    log::Warning("not_confined", {{"detail", "confinement.mode is off"}});
    return {};
  }
  const int version = confinement::LandlockVersion();
  if (version == 0) return Without(config.confinement, "the kernel has no Landlock");
  // A rule needs its directory.
  KM_CHECK(MakeDirectory(config.audit.directory));
  KM_CHECK(confinement::ConfineFilesAndPorts(rights));
  log::Info("files_confined", {{"landlock", version}});
  constexpr int kPortsFrom = 4;
  if (version < kPortsFrom)
    return Without(config.confinement, "the kernel's Landlock knows no ports");
  return {};
}

Result<void> ConfineCalls(const Config& config, const Rights& rights) {
  if (config.confinement.mode == Mode::kOff) return {};
  if (!confinement::CanFilterSystemCalls())
    return Without(config.confinement, "the kernel does not filter system calls");
  KM_CHECK(confinement::ConfineSystemCalls(rights));
  log::Info("system_calls_confined", {{"allowed", confinement::CountAllowedCalls(rights)}});
  return {};
}

void LogRefusals() {
  LogUnlockedSecrets();
  for (const confinement::RefusedCall& call : confinement::TakeRefusedCalls()) {
    log::Error("system_call_refused",
               {{"call", call.name},
                {"times", call.times},
                {"detail", "if the PKCS#11 module needs it, name it in confinement.system_calls"}});
  }
}

}  // namespace kmaas::app
