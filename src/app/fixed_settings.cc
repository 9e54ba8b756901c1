#include "app/fixed_settings.h"

#include <sstream>

#include "app/principal_rules.h"
#include "app/settings_reader.h"

namespace kmaas::app {
namespace {

template <auto Member, auto... Below, class Section>
bool IsSame(const Section& a, const Section& b) {
  if constexpr (sizeof...(Below) == 0) {
    return a.*Member == b.*Member;
  } else {
    return IsSame<Below...>(a.*Member, b.*Member);
  }
}

struct FixedSetting {
  const char* name;
  bool (*is_same)(const Config&, const Config&);
};

constexpr FixedSetting kFixed[] = {
    {"region", &IsSame<&Config::region>},
    {"regions", &IsSame<&Config::further_regions>},
    {"data_directory", &IsSame<&Config::data_directory>},
    {"store.path", &IsSame<&Config::store, &StoreConfig::path>},
    {"store.anchor_behind_max_ms", &IsSame<&Config::store, &StoreConfig::anchor_behind_max>},
    {"keys.default_custody", &IsSame<&Config::default_custody>},
    {"audit", &IsSame<&Config::audit>},
    {"hsm", &IsSame<&Config::hsm>},
    {"https.address", &IsSame<&Config::https, &HttpsConfig::address>},
    {"https.port", &IsSame<&Config::https, &HttpsConfig::port>},
    {"https.certificate", &IsSame<&Config::https, &HttpsConfig::certificate>},
    {"https.private_key", &IsSame<&Config::https, &HttpsConfig::private_key>},
    {"https.threads", &IsSame<&Config::https, &HttpsConfig::threads>},
    {"https.connections_max", &IsSame<&Config::https, &HttpsConfig::connections_max>},
    {"grpc.address", &IsSame<&Config::grpc, &GrpcConfig::address>},
    {"grpc.port", &IsSame<&Config::grpc, &GrpcConfig::port>},
    {"grpc.certificate", &IsSame<&Config::grpc, &GrpcConfig::certificate>},
    {"grpc.private_key", &IsSame<&Config::grpc, &GrpcConfig::private_key>},
    {"grpc.client_ca", &IsSame<&Config::grpc, &GrpcConfig::client_ca>},
    {"grpc.workers", &IsSame<&Config::grpc, &GrpcConfig::workers>},
    {"grpc.calls_waiting_max", &IsSame<&Config::grpc, &GrpcConfig::calls_waiting_max>},
    {"grpc.principals_file", &IsSame<&Config::grpc, &GrpcConfig::principals_file>},
    {"limits", &IsSame<&Config::limits>},
    {"issuers", &IsSame<&Config::issuers>},
    {"attestation.roots", &IsSame<&Config::attestation_roots>},
    {"key_stores", &IsSame<&Config::key_stores>},
    {"metrics", &IsSame<&Config::metrics>},
    {"process", &IsSame<&Config::process>},
    {"confinement", &IsSame<&Config::confinement>},
    {"health.interval_ms", &IsSame<&Config::health_interval>},
    {"lifecycle.interval_ms", &IsSame<&Config::lifecycle_interval>},
};

// Where the file says it, or else its section; the beginning when it says neither.
YAML::Mark MarkOf(const YAML::Node& document, const std::string& name) {
  YAML::Mark mark;
  mark.line = 0;
  mark.column = 0;
  YAML::Node at = document;
  std::istringstream parts(name);
  for (std::string part; std::getline(parts, part, '.');) {
    if (!at.IsMap() || !at[part].IsDefined()) break;
    at.reset(at[part]);
    mark = at.Mark();
  }
  return mark;
}

}  // namespace

std::vector<std::string> ChangedFixedSettings(const Config& now, const Config& wanted) {
  std::vector<std::string> changed;
  for (const FixedSetting& setting : kFixed)
    if (!setting.is_same(now, wanted)) changed.emplace_back(setting.name);
  // A setting that has no row here is not taken silently.
  Config expected = wanted;
  expected.log = now.log;
  expected.siem = now.siem;
  expected.grpc.principals = now.grpc.principals;
  expected.drain_max = now.drain_max;
  if (changed.empty() && expected != now) changed.emplace_back("a setting");
  return changed;
}

Result<void> RefuseFixedSettings(const Config& now, const Config& wanted) {
  const std::vector<std::string> changed = ChangedFixedSettings(now, wanted);
  if (changed.empty()) return {};
  Findings findings(wanted.file);
  KM_TRY(const std::string text, ReadSettingsFile(wanted.file));
  try {
    const YAML::Node document = YAML::Load(text);
    for (const std::string& name : changed)
      findings.Add(MarkOf(document, name),
                   name +
                       ": cannot change while the server runs: restart it, or put back what "
                       "it was started with");
  } catch (const YAML::Exception& failure) {
    findings.Add(failure.mark, "is not YAML: " + failure.msg);  // it has changed meanwhile
  }
  return findings.ToError();
}

}  // namespace kmaas::app
