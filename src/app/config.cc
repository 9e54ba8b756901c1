#include "app/config.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "app/confinement_settings.h"
#include "app/custodian_settings.h"
#include "app/isolation_settings.h"
#include "app/issuer_settings.h"
#include "app/key_store_settings.h"
#include "app/limits_settings.h"
#include "app/local_authority.h"
#include "app/metrics_settings.h"
#include "app/principal_rules.h"
#include "app/settings_reader.h"
#include "app/siem_settings.h"
#include "app/token_settings.h"

namespace kmaas::app {
namespace {

constexpr std::uint64_t kPortMax = 65'535;
constexpr std::uint64_t kRetentionDaysMax = 36'500;
constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20U;
constexpr std::size_t kRegionBytesMax = 32;
constexpr std::size_t kConfigBytesMax = std::size_t{1} << 20U;

// It stands in ARNs and row keys.
bool IsRegion(std::string_view text) {
  return !text.empty() && text.size() <= kRegionBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

constexpr char kRegionForm[] = "1 to 32 lower-case letters, digits and hyphens";

void ReadRegions(SettingsReader& top, Config& config) {
  top.Text("region", config.region);
  if (!IsRegion(config.region)) top.Refuse("region", std::string("must be ") + kRegionForm);
  const YAML::Node node = top.Raw("regions");
  if (!node.IsDefined() || node.IsNull()) return;
  bool fits = node.IsSequence();
  std::vector<std::string> all{config.region};
  for (std::size_t i = 0; fits && i < node.size(); ++i) {
    fits = node[i].IsScalar() && IsRegion(node[i].Scalar()) &&
           std::find(all.begin(), all.end(), node[i].Scalar()) == all.end();
    if (fits) all.push_back(node[i].Scalar());
  }
  if (!fits) {
    top.Refuse("regions",
               std::string("must be a list of further Regions, each once and not that of "
                           "region, each ") +
                   kRegionForm);
    return;
  }
  config.further_regions.assign(all.begin() + 1, all.end());
}

void ReadGeneral(SettingsReader& top, Config& config) {
  ReadRegions(top, config);
  top.Path("data_directory", config.data_directory);
  SettingsReader store = top.Section("store");
  config.store.path = config.data_directory + "/kmaas.db";
  store.Path("path", config.store.path);
  store.Span("anchor_behind_max_ms", config.store.anchor_behind_max, 1000, 3'600'000);
  store.Finish();
  SettingsReader keys = top.Section("keys");
  keys.Choice<domain::Custody>(
      "default_custody", config.default_custody,
      {{"wrapped", domain::Custody::kWrapped}, {"resident", domain::Custody::kResident}});
  keys.Finish();
}

void ReadAudit(SettingsReader audit, Config& config) {
  config.audit.directory = config.data_directory + "/audit";
  audit.Path("directory", config.audit.directory);
  audit.Number("file_bytes_max", config.audit.file_bytes_max, kMegabyte, 1024 * kMegabyte);
  audit.Span("flush_interval_ms", config.audit.flush_interval, 1, 10'000);
  audit.Span("seal_interval_seconds", config.audit.seal_interval, 1, 300);
  audit.Number("seal_records_max", config.audit.seal_records_max, 1, 10'000);
  SettingsReader retention = audit.Section("retention");
  retention.Span("management_days", config.audit.retention.management, 0, kRetentionDaysMax);
  retention.Span("cryptography_days", config.audit.retention.cryptography, 0, kRetentionDaysMax);
  retention.Span("service_days", config.audit.retention.service, 0, kRetentionDaysMax);
  retention.Finish();
  audit.Finish();
}

void ReadHsmEnvironment(SettingsReader& hsm, Findings& findings, HsmConfig& config) {
  const YAML::Node node = hsm.Raw("environment");
  if (!node.IsDefined()) return;
  if (!node.IsMap()) {
    hsm.Refuse("environment", "must be a mapping of variable names to texts");
    return;
  }
  for (const auto& pair : node) {
    const bool fits = pair.first.IsScalar() && pair.second.IsScalar() &&
                      pair.first.Scalar().find('=') == std::string::npos &&
                      !pair.first.Scalar().empty();
    if (!fits || !config.environment.emplace(pair.first.Scalar(), pair.second.Scalar()).second) {
      findings.Add(pair.first.Mark(), hsm.path() +
                                          ".environment: must map names to texts, each "
                                          "name once");
    }
  }
}

void ReadHsm(SettingsReader hsm, Findings& findings, HsmConfig& config) {
  hsm.Path("module", config.module);
  hsm.Text("module_parameters", config.module_parameters);
  ReadHsmEnvironment(hsm, findings, config);
  hsm.Text("token_label", config.token_label);
  hsm.Text("token_serial", config.token_serial);
  hsm.Path("pin_file", config.pin_file);
  hsm.Text("pin_environment", config.pin_environment);
  if (hsm.Has("pin_file") && hsm.Has("pin_environment")) {
    hsm.Refuse("pin_environment", "contradicts hsm.pin_file: the PIN comes from one place");
  }
  hsm.Flag("check_ecdsa_signatures", config.check_ecdsa_signatures);
  ReadPinFrom(hsm, config);
  ReadTokens(hsm, config, findings);
  hsm.Flag("accept_weak_token", config.accept_weak_token);
  hsm.Number("cached_keys_max", config.cached_keys_max, 16, 10'000'000);
  SettingsReader lanes = hsm.Section("lanes");
  lanes.Number("short_sessions", config.short_lane_sessions, 1, 32);
  lanes.Number("short_waiting_max", config.short_lane_waiting_max, 1, 100'000);
  lanes.Number("long_sessions", config.long_lane_sessions, 1, 32);
  lanes.Number("long_waiting_max", config.long_lane_waiting_max, 1, 100'000);
  lanes.Finish();
  ReadIsolation(hsm, config.isolation);
  RefuseTooManyEngines(hsm, config);
  hsm.Finish();
}

void ReadAddress(SettingsReader& section, std::string& address) {
  section.Text("address", address);
  if (!IsIpAddress(address))
    section.Refuse("address", "must be an IP address to listen on, as 127.0.0.1, 0.0.0.0 or ::1");
}

void ReadHttps(SettingsReader https, Config& config) {
  config.https.certificate = config.tls_directory() + "/server.crt";
  config.https.private_key = config.tls_directory() + "/server.key";
  ReadAddress(https, config.https.address);
  https.Number("port", config.https.port, 0, kPortMax);
  https.Path("certificate", config.https.certificate);
  https.Path("private_key", config.https.private_key);
  if (https.Has("certificate") != https.Has("private_key")) {
    https.Refuse(https.Has("certificate") ? "certificate" : "private_key",
                 "certificate and private_key belong together: set both or neither");
  }
  https.Number("threads", config.https.threads, 0, 256);
  https.Number("connections_max", config.https.connections_max, 1, 1'000'000);
  https.Finish();
}

void ReadGrpc(SettingsReader grpc, Findings& findings, Config& config) {
  config.grpc.certificate = config.https.certificate;
  config.grpc.private_key = config.https.private_key;
  config.grpc.client_ca = config.tls_directory() + "/ca.crt";
  config.grpc.principals_file = config.data_directory + "/grpc-principals.yaml";
  ReadAddress(grpc, config.grpc.address);
  grpc.Number("port", config.grpc.port, 0, kPortMax);
  grpc.Path("certificate", config.grpc.certificate);
  grpc.Path("private_key", config.grpc.private_key);
  if (grpc.Has("certificate") != grpc.Has("private_key")) {
    grpc.Refuse(grpc.Has("certificate") ? "certificate" : "private_key",
                "certificate and private_key belong together: set both or neither");
  }
  grpc.Path("client_ca", config.grpc.client_ca);
  grpc.Number("workers", config.grpc.workers, 0, 1024);
  grpc.Number("calls_waiting_max", config.grpc.calls_waiting_max, 1, 100'000);
  config.grpc.principals = ReadPrincipalRules(grpc.Raw("principals"), "grpc.principals", findings);
  grpc.Path("principals_file", config.grpc.principals_file);
  if (config.grpc.port != 0 && config.grpc.port == config.https.port &&
      config.grpc.address == config.https.address) {
    grpc.Refuse("port", "contradicts https: both would listen on " + config.https.address +
                            " port " + std::to_string(config.https.port));
  }
  grpc.Finish();
}

void ReadRunning(SettingsReader& top, Config& config) {
  SettingsReader log = top.Section("log");
  log.Choice<log::Level>("level", config.log.level,
                         {{"debug", log::Level::kDebug},
                          {"info", log::Level::kInfo},
                          {"warning", log::Level::kWarning},
                          {"error", log::Level::kError}});
  log.Choice<log::Format>("format", config.log.format,
                          {{"text", log::Format::kText}, {"json", log::Format::kJson}});
  log.Finish();
  SettingsReader process = top.Section("process");
  process.Text("user", config.process.user);
  process.Path("pid_file", config.process.pid_file);
  process.Flag("lock_memory", config.process.lock_memory);
  process.Flag("core_dumps", config.process.core_dumps);
  process.Finish();
  ReadConfinement(top.Section("confinement"), config);
  SettingsReader shutdown = top.Section("shutdown");
  shutdown.Span("drain_seconds", config.drain_max, 0, 300);
  shutdown.Finish();
  SettingsReader health = top.Section("health");
  health.Span("interval_ms", config.health_interval, 100, 60'000);
  health.Finish();
  SettingsReader lifecycle = top.Section("lifecycle");
  lifecycle.Span("interval_ms", config.lifecycle_interval, 10, 3'600'000);
  lifecycle.Span("unnamed_keys_seconds", config.unnamed_keys_spared, 60, 86'400);
  lifecycle.Finish();
}

void ReadAttestation(SettingsReader attestation, Config& config) {
  const YAML::Node roots = attestation.Raw("roots");
  const bool absent = !roots.IsDefined() || roots.IsNull();
  if (!absent && !roots.IsSequence()) attestation.Refuse("roots", "must be a list of files");
  for (const YAML::Node& file : roots) {
    if (!file.IsScalar() || file.Scalar().empty()) {
      attestation.Refuse("roots", "must be a list of files");
      break;
    }
    config.attestation_roots.push_back(ResolvePath(file.Scalar(), config.file));
  }
  attestation.Finish();
}

Result<Config> ReadConfig(const YAML::Node& document, const std::string& file) {
  Findings findings(file);
  Config config;
  config.file = file;
  SettingsReader top(document, "", findings);
  ReadGeneral(top, config);
  ReadAudit(top.Section("audit"), config);
  ReadHsm(top.Section("hsm"), findings, config.hsm);
  ReadHttps(top.Section("https"), config);
  ReadGrpc(top.Section("grpc"), findings, config);
  ReadLimits(top.Section("limits"), findings, config.limits);
  config.issuers = ReadIssuers(top.Raw("issuers"), findings);
  ReadAttestation(top.Section("attestation"), config);
  config.key_stores = ReadKeyStores(top.Raw("key_stores"), config.hsm, findings);
  ReadMetrics(top.Section("metrics"), config);
  config.siem = ReadDestinations(top.Raw("siem"), findings);
  ReadRunning(top, config);
  top.Finish();
  if (!findings.empty()) return findings.ToError();
  return config;
}

}  // namespace

std::vector<std::string> Config::regions() const {
  std::vector<std::string> all{region};
  all.insert(all.end(), further_regions.begin(), further_regions.end());
  return all;
}

Result<Config> ParseConfig(const std::string& text, const std::string& file) {
  Findings findings(file);
  try {
    const YAML::Node document = LoadOneDocument(text, findings);
    if (findings.empty()) return ReadConfig(document, file);
  } catch (const YAML::Exception& failure) {
    findings.Add(failure.mark, "is not YAML: " + failure.msg);
  }
  return findings.ToError();
}

Result<Config> LoadConfig(const std::string& file) {
  KM_TRY(const std::string text, ReadSettingsFile(file));
  return ParseConfig(text, file);
}

Result<std::string> ReadSettingsFile(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  // A directory opens, and fails when it is read.
  if (stream && stream.peek() != std::ifstream::traits_type::eof()) text << stream.rdbuf();
  if (!stream.is_open() || stream.bad()) {
    return Error{ErrorCode::kValidation,
                 file + ": cannot be read: " + std::generic_category().message(errno)};
  }
  if (text.str().size() > kConfigBytesMax) {
    return Error{ErrorCode::kValidation, file + ": is larger than 1 MiB"};
  }
  return text.str();
}

}  // namespace kmaas::app
