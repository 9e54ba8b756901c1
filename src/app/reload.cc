#include "app/reload.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "app/file_check.h"
#include "app/fixed_settings.h"
#include "app/foundation.h"
#include "app/hardening.h"
#include "app/principal_rules.h"
#include "app/service.h"
#include "app/siem_settings.h"
#include "base/log.h"

namespace kmaas::app {
namespace {

identity::CertificateRule ToRule(PrincipalRule rule) {
  using Name = identity::CertificateRule::Name;
  const Name name = rule.name == PrincipalRule::Name::kUri   ? Name::kUri
                    : rule.name == PrincipalRule::Name::kDns ? Name::kDns
                                                             : Name::kSubject;
  return {name, std::move(rule.value), std::move(rule.principal)};
}

bool IsWithin(const std::vector<std::string>& held, const std::string& path) {
  return std::any_of(held.begin(), held.end(), [&](const std::string& one) {
    return path == one || (path.starts_with(one) && path[one.size()] == '/');
  });
}

Error OutOfReach(const std::string& what) {
  return {ErrorCode::kValidation,
          what + " was not in the configuration when the server confined itself: restart it"};
}

Result<void> RefuseBeyond(const confinement::Rights& held, const confinement::Rights& wanted) {
  if (wanted.resolves_names && !held.resolves_names)
    return OutOfReach("siem: a host that is a name and no address");
  for (const std::uint16_t port : wanted.connect_ports)
    if (std::count(held.connect_ports.begin(), held.connect_ports.end(), port) == 0)
      return OutOfReach("siem: port " + std::to_string(port));
  for (const std::string& path : wanted.writable)
    if (!IsWithin(held.writable, path)) return OutOfReach("siem: " + path);
  for (const std::string& path : wanted.readable)
    if (!IsWithin(held.readable, path) && !IsWithin(held.writable, path))
      return OutOfReach("siem: " + path);
  return {};
}

}  // namespace

std::vector<Inventory::CertificateFile> CertificatesOf(const Config& config) {
  std::vector<Inventory::CertificateFile> files{{"https.certificate", config.https.certificate},
                                                {"grpc.certificate", config.grpc.certificate},
                                                {"grpc.client_ca", config.grpc.client_ca}};
  for (const siem::Destination& to : config.siem) {
    if (!to.ca.empty()) files.push_back({"siem." + to.name + ".ca", to.ca});
    if (!to.certificate.empty())
      files.push_back({"siem." + to.name + ".certificate", to.certificate});
  }
  return files;
}

Result<std::vector<identity::CertificateRule>> LoadCertificateRules(const GrpcConfig& grpc) {
  KM_TRY(std::vector<PrincipalRule> read, LoadPrincipalRules(grpc));
  std::vector<identity::CertificateRule> rules;
  rules.reserve(read.size());
  for (PrincipalRule& rule : read) rules.push_back(ToRule(std::move(rule)));
  return rules;
}

namespace {

// All of a configuration that can be taken at run time. What can fail was done to make it.
struct Prepared {
  identity::SortedRules rules;
  http::FreshCertificate https;
  http::FreshCertificate metrics;
  SecretBytes token;  // of metrics
  std::vector<Inventory::CertificateFile> certificates;
  siem::CurrentDeliveries::Prepared deliveries;
  LogConfig log;
};
static_assert(std::is_nothrow_move_constructible_v<Prepared>);

Result<Prepared> Prepare(const Config& wanted, const ReloadableParts& parts) {
  KM_TRY(const std::vector<identity::CertificateRule> rules, LoadCertificateRules(wanted.grpc));
  KM_TRY(identity::SortedRules sorted, identity::SortedRules::Sort(rules));
  KM_TRY(http::FreshCertificate https, parts.https.ReadCertificate());
  http::FreshCertificate metrics;
  SecretBytes token;
  if (parts.metrics != nullptr) {
    KM_TRY(metrics, parts.metrics->ReadCertificate());
    KM_TRY(token, ReadMetricsToken(wanted.metrics));
  }
  KM_CHECK(PrepareDestinations(wanted));
  return Prepared{std::move(sorted), std::move(https),       std::move(metrics),
                  std::move(token),  CertificatesOf(wanted), parts.deliveries.Prepare(wanted.siem),
                  wanted.log};
}

// gRPC reads its files itself, at its next connection; they were found usable before.
void Take(Prepared prepared, const ReloadableParts& parts) noexcept {
  parts.certificates.Take(std::move(prepared.rules));
  parts.https.Take(std::move(prepared.https));
  parts.grpc.LookAtFiles();
  if (parts.metrics != nullptr) {
    parts.metrics->Take(std::move(prepared.metrics));
    parts.metrics->ReplaceToken(std::move(prepared.token));
  }
  if (parts.inventory != nullptr) parts.inventory->Watch(std::move(prepared.certificates));
  parts.deliveries.Take(std::move(prepared.deliveries));
  log::Configure(prepared.log.level, prepared.log.format);
}

}  // namespace

Result<void> TakeConfiguration(const Config& now, const Config& wanted,
                               const confinement::Rights& rights, const ReloadableParts& parts,
                               const Clock& clock) {
  KM_CHECK(RefuseFixedSettings(now, wanted));
  KM_CHECK(CheckFiles(wanted, clock.Now()));
  if (wanted.confinement.mode != ConfinementConfig::Mode::kOff)
    KM_CHECK(RefuseBeyond(rights, RightsOfDestinations(wanted)));
  KM_TRY(Prepared prepared, Prepare(wanted, parts));
  Take(std::move(prepared), parts);
  return {};
}

}  // namespace kmaas::app
