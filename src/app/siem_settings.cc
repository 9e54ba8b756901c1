#include "app/siem_settings.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "app/private_file.h"
#include "base/log.h"
#include "siem/transport/make_transport.h"

namespace kmaas::app {
namespace {

using siem::Destination;
using siem::EventFilter;
using siem::FormatKind;
using siem::TransportKind;

constexpr std::size_t kNameBytesMax = 48;
constexpr std::uint64_t kPortMax = 65'535;
constexpr std::uint64_t kFacilityMax = 23;
constexpr std::uint64_t kEnterpriseMax = 4'294'967'295;

bool IsName(const std::string& text) {
  return !text.empty() && text.size() <= kNameBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

// It stands in a request line or a header of a frame.
bool IsPlain(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool IsSyslog(TransportKind kind) {
  return kind == TransportKind::kSyslogTls || kind == TransportKind::kSyslogTcp;
}

bool HasTls(TransportKind kind) {
  return kind == TransportKind::kSyslogTls || kind == TransportKind::kHttps;
}

std::uint16_t DefaultPort(TransportKind kind) {
  if (kind == TransportKind::kSyslogTls) return 6514;
  return kind == TransportKind::kSyslogTcp ? 601 : 8088;
}

void ReadKinds(SettingsReader& reader, Destination& to) {
  reader.Choice<TransportKind>("transport", to.transport,
                               {{"syslog_tls", TransportKind::kSyslogTls},
                                {"syslog_tcp", TransportKind::kSyslogTcp},
                                {"https", TransportKind::kHttps},
                                {"file", TransportKind::kFile}});
  reader.Choice<FormatKind>("format", to.format,
                            {{"cloudtrail", FormatKind::kCloudTrail},
                             {"cef", FormatKind::kCef},
                             {"leef", FormatKind::kLeef},
                             {"ocsf", FormatKind::kOcsf},
                             {"ecs", FormatKind::kEcs},
                             {"wazuh", FormatKind::kWazuh}});
  reader.Choice<EventFilter>("events", to.events,
                             {{"all", EventFilter::kAll},
                              {"management", EventFilter::kManagement},
                              {"changes", EventFilter::kChanges},
                              {"failed", EventFilter::kFailed},
                              {"denied", EventFilter::kDenied}});
  reader.Span("heartbeat_seconds", to.heartbeat, 0, 86'400);
}

// A setting that would be ignored is a mistake, so it is said.
void RefuseOthers(SettingsReader& reader, bool belongs, const std::vector<std::string>& names,
                  const std::string& whose) {
  for (const std::string& name : names)
    if (!belongs && reader.Has(name)) reader.Refuse(name, "is a setting of " + whose);
}

void ReadNetwork(SettingsReader& reader, Destination& to) {
  const bool is_network = to.transport != TransportKind::kFile;
  to.port = is_network ? DefaultPort(to.transport) : std::uint16_t{0};
  reader.Text("host", to.host);
  reader.Number("port", to.port, is_network ? 1 : 0, kPortMax);
  reader.Path("ca", to.ca);
  reader.Path("certificate", to.certificate);
  reader.Path("private_key", to.private_key);
  RefuseOthers(reader, is_network, {"host", "port"}, "the other transports");
  RefuseOthers(reader, HasTls(to.transport), {"ca", "certificate", "private_key"},
               "syslog_tls and https");
  if (is_network && !IsPlain(to.host))
    reader.Refuse("host", "must be the name or address of the receiver");
  if (HasTls(to.transport) && to.ca.empty())
    reader.Refuse("ca", "must be a PEM file of the authorities that vouch for the receiver");
  if (to.certificate.empty() != to.private_key.empty())
    reader.Refuse("certificate", "certificate and private_key belong together: set both");
  else if (to.transport == TransportKind::kSyslogTls && to.certificate.empty())
    reader.Refuse("certificate", "syslog over TLS needs a certificate of kmaas for the receiver");
}

void ReadSyslog(SettingsReader& reader, Destination& to) {
  reader.Number("facility", to.facility, 0, kFacilityMax);
  reader.Text("app_name", to.app_name);
  reader.Number("enterprise_number", to.enterprise, 1, kEnterpriseMax);
  reader.Span("settle_ms", to.settle, 100, 60'000);
  RefuseOthers(reader, IsSyslog(to.transport),
               {"facility", "app_name", "enterprise_number", "settle_ms"},
               "syslog_tls and syslog_tcp");
  if (!IsPlain(to.app_name) || to.app_name.size() > kNameBytesMax)
    reader.Refuse("app_name", "must be 1 to 48 printable characters without blanks");
}

void ReadRest(SettingsReader& reader, Destination& to) {
  reader.Path("token_file", to.token_file);
  reader.Text("path", to.path);
  reader.Path("file", to.file);
  RefuseOthers(reader, to.transport == TransportKind::kHttps, {"token_file", "path"}, "https");
  RefuseOthers(reader, to.transport == TransportKind::kFile, {"file"}, "file");
  if (to.transport == TransportKind::kHttps && to.token_file.empty())
    reader.Refuse("token_file", "must be a file with the token of the collector");
  if (!IsPlain(to.path) || to.path.front() != '/')
    reader.Refuse("path", "must begin with / and have no blanks");
  if (to.transport == TransportKind::kFile && to.file.empty())
    reader.Refuse("file", "must be the file to append to");
}

Destination ReadDestination(const YAML::Node& node, Findings& findings) {
  SettingsReader reader(node, "siem", findings);
  Destination to;
  reader.Text("name", to.name);
  if (!IsName(to.name))
    reader.Refuse("name", "must be 1 to 48 letters, digits, hyphens and underscores");
  ReadKinds(reader, to);
  if (!reader.Has("transport")) reader.Refuse("transport", "is missing");
  ReadNetwork(reader, to);
  ReadSyslog(reader, to);
  ReadRest(reader, to);
  reader.Finish();
  return to;
}

std::string HostName() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "-";
}

}  // namespace

std::vector<Destination> ReadDestinations(const YAML::Node& list, Findings& findings) {
  std::vector<Destination> destinations;
  if (!list.IsDefined() || list.IsNull()) return destinations;
  if (!list.IsSequence()) {
    findings.Add(list.Mark(), "siem: must be a list of destinations");
    return destinations;
  }
  for (const YAML::Node& node : list) {
    if (!node.IsMap()) {
      findings.Add(node.Mark(), "siem: a destination is a mapping with name and transport");
      continue;
    }
    Destination to = ReadDestination(node, findings);
    for (const Destination& other : destinations) {
      if (other.name == to.name)
        findings.Add(node.Mark(), "siem.name: stands twice");
      else if (!to.file.empty() && other.file == to.file)
        findings.Add(node.Mark(), "siem.file: is the file of " + other.name);
    }
    destinations.push_back(std::move(to));
  }
  return destinations;
}

Result<void> CheckDestinations(const std::vector<Destination>& destinations) {
  for (const Destination& to : destinations) {
    if (const Result<void> checked = siem::CheckDestinationFiles(to); !checked)
      return Error{ErrorCode::kValidation, "siem, " + to.name + ": " + checked.error().message};
  }
  return {};
}

std::string CursorDirectory(const Config& config) { return config.data_directory + "/siem"; }

siem::Producer EventProducer() { return {KMAAS_VERSION, HostName()}; }

Result<void> PrepareDestinations(const Config& config) {
  if (config.siem.empty()) return {};
  KM_CHECK(MakeDirectory(CursorDirectory(config)));
  for (const Destination& to : config.siem) {
    if (IsSyslog(to.transport) && to.enterprise == siem::kDocumentationEnterprise)
      log::Warning("siem_enterprise_number_is_for_documentation", {{"destination", to.name}});
    if (to.transport == TransportKind::kSyslogTcp)
      log::Warning("siem_destination_without_encryption", {{"destination", to.name}});
  }
  return {};
}

}  // namespace kmaas::app
