// The configuration of kmaas: what config/kmaas.yaml explains, checked and with defaults filled in.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/limits_config.h"
#include "audit/retention_days.h"
#include "base/log.h"
#include "base/result.h"
#include "domain/key.h"
#include "hsm/spread.h"
#include "siem/destination.h"

namespace kmaas::app {

struct StoreConfig {
  std::string path;                                     // <data_directory>/kmaas.db
  std::chrono::milliseconds anchor_behind_max{10'000};  // then rights are not changed any more
  bool operator==(const StoreConfig&) const = default;
};

struct AuditConfig {
  std::string directory;  // <data_directory>/audit
  std::uint64_t file_bytes_max = std::uint64_t{64} << 20U;
  std::chrono::milliseconds flush_interval{50};
  std::chrono::seconds seal_interval{300};
  std::uint64_t seal_records_max = 10'000;
  audit::RetentionDays retention;
  bool operator==(const AuditConfig&) const = default;
};

// Where PKCS#11 modules run: in kmaasd, or in worker processes of their own.
struct IsolationConfig {
  enum class Mode { kInProcess, kProcess };
  Mode mode = Mode::kInProcess;
  std::uint32_t workers = 1;                   // for each token of the service
  std::uint32_t memory_max_mib = 1024;         // of one worker; 0: no limit
  std::chrono::milliseconds call_max{10'000};  // then a worker counts as hung
  bool operator==(const IsolationConfig&) const = default;
};

// A token of the service, when there are several.
struct TokenConfig {
  std::string name;               // for operators
  std::string module;             // hsm.module
  std::string module_parameters;  // of another module
  std::string label;              // hsm.token_label
  std::string serial;             // empty: the label says it all
  std::string pin_file;           // with the next one empty: the PIN is that of hsm
  std::string pin_environment;
  bool operator==(const TokenConfig&) const = default;
};

struct HsmConfig {
  std::string module = "/usr/lib/softhsm/libsofthsm2.so";
  std::string module_parameters;  // to C_Initialize; NSS needs some, most modules none
  std::map<std::string, std::string> environment;  // set before the module is loaded
  std::string token_label = "kmaas";
  std::string token_serial;  // empty: the label says it all
  std::string pin_file;      // empty: the variable below
  std::string pin_environment = "KMAAS_USER_PIN";
  bool check_ecdsa_signatures = true;
  std::vector<TokenConfig> tokens;  // that have the same keys; none: the one above
  hsm::Spread spread = hsm::Spread::kByKey;
  bool accept_weak_token = false;
  std::uint32_t short_lane_sessions = 1;
  std::uint32_t short_lane_waiting_max = 2048;
  std::uint32_t long_lane_sessions = 2;
  std::uint32_t long_lane_waiting_max = 12;
  std::uint32_t cached_keys_max = 16'384;
  IsolationConfig isolation;
  bool operator==(const HsmConfig&) const = default;
};

struct HttpsConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8443;  // 0: any free one
  std::string certificate;    // <data_directory>/tls/server.crt
  std::string private_key;    // <data_directory>/tls/server.key
  std::uint32_t threads = 0;  // 0: two for each processor, and at least 32
  std::uint32_t connections_max = 4096;
  bool operator==(const HttpsConfig&) const = default;
};

// Whoever proves one of these names by a client certificate acts as `principal`.
struct PrincipalRule {
  enum class Name { kUri, kDns, kSubject };
  Name name = Name::kUri;
  std::string value;
  std::string principal;  // ARN of a user or of the root of an account
  bool operator==(const PrincipalRule&) const = default;
};

struct GrpcConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8444;
  std::string certificate;    // https.certificate
  std::string private_key;    // https.private_key
  std::string client_ca;      // <data_directory>/tls/ca.crt
  std::uint32_t workers = 0;  // 0: two for each processor, and at least 32
  std::uint32_t calls_waiting_max = 1024;
  std::vector<PrincipalRule> principals;
  std::string principals_file;  // <data_directory>/grpc-principals.yaml
  bool operator==(const GrpcConfig&) const = default;
};

// Whoever the issuer calls so acts as `principal`.
struct SubjectRule {
  std::string subject;
  std::string principal;  // ARN of a user, a role, or the root of an account
  bool operator==(const SubjectRule&) const = default;
};

// An OpenID Connect issuer whose tokens are believed.
struct IssuerConfig {
  std::string url;
  std::vector<std::string> audiences;
  std::string keys_file;  // JSON web key set; read again when it changes
  std::string keys_url;   // empty: the file alone
  std::string keys_ca;    // authorities of keys_url
  std::chrono::seconds keys_refresh{300};
  std::vector<std::string> mfa_amr;
  std::vector<std::string> mfa_acr;
  std::vector<SubjectRule> subjects;  // gRPC callers who name no role
  bool operator==(const IssuerConfig&) const = default;
};

// A token that a custom key store may have, and the cluster id that stands for it.
struct KeyStoreConfig {
  std::string cluster_id;
  std::string account;            // whose stores alone may have it
  std::string module;             // hsm.module
  std::string module_parameters;  // of another module
  std::string token_label;        // empty: the serial number says it all
  std::string token_serial;       // likewise
  std::string trust_anchor;       // file; empty: whoever makes the store says it
  bool operator==(const KeyStoreConfig&) const = default;
};

// Where metrics are read. Plain HTTP on loopback; elsewhere TLS with the certificate of https and a
// token.
struct MetricsConfig {
  bool enabled = true;
  std::string address = "127.0.0.1";
  std::uint16_t port = 8445;  // 0: any free one
  std::string token_file;     // empty: whoever reaches the port may read
  std::chrono::seconds count_interval{60};
  bool operator==(const MetricsConfig&) const = default;
};

struct LogConfig {
  log::Level level = log::Level::kInfo;
  log::Format format = log::Format::kText;
  bool operator==(const LogConfig&) const = default;
};

struct ProcessConfig {
  std::string user;          // whom root becomes; empty: nobody
  std::string pid_file;      // empty: none
  bool lock_memory = false;  // mlockall
  bool core_dumps = false;
  bool operator==(const ProcessConfig&) const = default;
};

// What the process keeps itself from; beyond what the rest of the configuration needs it may do
// what is named here.
struct ConfinementConfig {
  enum class Mode { kOff, kWherePossible, kRequired };
  Mode mode = Mode::kWherePossible;
  std::vector<std::string> system_calls;
  std::vector<std::string> readable;
  std::vector<std::string> writable;
  std::vector<std::uint16_t> connect_ports;
  bool operator==(const ConfinementConfig&) const = default;
};

struct Config {
  std::string file;  // where it was read from
  std::string region = "eu-central-1";
  std::vector<std::string> further_regions;  // served besides it, each once
  std::string data_directory = "/var/lib/kmaas";
  StoreConfig store;
  AuditConfig audit;
  HsmConfig hsm;
  HttpsConfig https;
  GrpcConfig grpc;
  LimitsConfig limits;
  std::vector<IssuerConfig> issuers;
  std::vector<std::string> attestation_roots;  // files; none: Recipient is not served
  std::vector<KeyStoreConfig> key_stores;
  MetricsConfig metrics;
  std::vector<siem::Destination> siem;
  LogConfig log;
  ProcessConfig process;
  ConfinementConfig confinement;
  domain::Custody default_custody = domain::Custody::kWrapped;
  std::chrono::seconds drain_max{5};
  std::chrono::milliseconds health_interval{5000};
  std::chrono::milliseconds lifecycle_interval{1000};
  std::chrono::seconds unnamed_keys_spared{900};
  bool operator==(const Config&) const = default;

  // All that are served; the first one is `region`.
  std::vector<std::string> regions() const;
  std::string tls_directory() const { return data_directory + "/tls"; }
};

// Reads and checks a file. The error's message names every finding, one a line:
// "kmaas.yaml:12:3: https.prot: unknown setting; did you mean port? ...". Relative paths are taken
// from the directory of the file. Does not look whether the files that it names exist.
Result<Config> LoadConfig(const std::string& file);
// The same for text that was not read from a file; `file` names it in findings and anchors paths.
Result<Config> ParseConfig(const std::string& text, const std::string& file);

// The rules of grpc.principals followed by those of grpc.principals_file; a file that is not there
// holds none.
Result<std::vector<PrincipalRule>> LoadPrincipalRules(const GrpcConfig& grpc);

}  // namespace kmaas::app
