#include "app/service.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "app/anchored_store.h"
#include "app/attestation_roots.h"
#include "app/certificate_check.h"
#include "app/connections.h"
#include "app/foundation.h"
#include "app/front_door.h"
#include "app/inventory.h"
#include "app/issuer_keys.h"
#include "app/key_lifecycle.h"
#include "app/key_store_connections.h"
#include "app/lost_trail.h"
#include "app/metrics_endpoint.h"
#include "app/metrics_sources.h"
#include "app/private_file.h"
#include "app/process_random.h"
#include "app/regions.h"
#include "app/service_options.h"
#include "app/siem_settings.h"
#include "app/stored_seal_memory.h"
#include "attestation/verifier.h"
#include "audit/index_maker.h"
#include "audit/retention.h"
#include "audit/sealer.h"
#include "audit/trail.h"
#include "base/log.h"
#include "base/ticker.h"
#include "core/bearer_callers.h"
#include "core/outbox.h"
#include "core/pipeline.h"
#include "core/policy_authoriser.h"
#include "core/stored_identity_sides.h"
#include "frontends/aws_json/handler.h"
#include "frontends/aws_query/handler.h"
#include "frontends/grpc/server.h"
#include "frontends/http/server.h"
#include "identity/access_key_uses.h"
#include "identity/certificate_rules.h"
#include "identity/sealed_secrets.h"
#include "identity/session_credentials.h"
#include "identity/sigv4.h"
#include "identity/stored_credentials.h"
#include "identity/web_identity.h"
#include "operations/key_stores/connection.h"
#include "operations/operations.h"
#include "records/key_use_tracking.h"
#include "records/noted_key_uses.h"
#include "storage/clock_watch.h"

namespace kmaas::app {
namespace {

// Where SDKs sign for services that have one endpoint for all Regions.
constexpr std::string_view kGlobalRegion = "us-east-1";
// Twice this, or the health interval, is what a crash may lose of the last uses of keys.
constexpr std::chrono::seconds kKeyUsesFlushMin{30};
// How often it is asked whether a seal is due: as many records as come meanwhile wait longer.
constexpr std::chrono::milliseconds kSealTick{100};
constexpr std::chrono::minutes kRetentionTick{10};
constexpr std::chrono::seconds kIndexTick{1};

identity::CertificateRule ToRule(PrincipalRule rule) {
  using Name = identity::CertificateRule::Name;
  const Name name = rule.name == PrincipalRule::Name::kUri   ? Name::kUri
                    : rule.name == PrincipalRule::Name::kDns ? Name::kDns
                                                             : Name::kSubject;
  return {name, std::move(rule.value), std::move(rule.principal)};
}

Result<std::vector<identity::CertificateRule>> LoadRules(const GrpcConfig& grpc) {
  KM_TRY(std::vector<PrincipalRule> read, LoadPrincipalRules(grpc));
  std::vector<identity::CertificateRule> rules;
  rules.reserve(read.size());
  for (PrincipalRule& rule : read) rules.push_back(ToRule(std::move(rule)));
  return rules;
}

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

}  // namespace

// In the order in which they depend on each other; destroyed in the reverse one.
struct Service::Parts {
  Parts(const Config& wanted, const Clock& time) : config(wanted), clock(time) {}

  Result<void> OpenStorage(UserPins user_pins);
  Result<void> BuildCore();
  void AddSigner(const std::string& service, const std::string& region,
                 std::vector<std::string> scopes);
  void MakeSigners();
  Result<void> BuildFrontDoor();
  void BuildIssuers();
  Result<void> BuildAttestation();
  Result<void> BuildKeyUses();
  void BuildBearers();
  Result<void> Listen();
  Result<void> ServeMetrics();
  void FlushUses();
  void FlushKeyUses();
  // Whether calls can be served; `why` is for strangers.
  bool IsReady(std::string& why) const;

  const Config config;
  const Clock& clock;
  ProcessRandom random;
  Foundation foundation;
  std::unique_ptr<audit::Trail> trail;
  std::unique_ptr<StoredSealMemory> seal_memory;
  std::unique_ptr<audit::Sealer> sealer;
  std::unique_ptr<Ticker> seal_ticker;
  std::unique_ptr<storage::ClockWatch> clock_watch;
  std::unique_ptr<audit::Retention> retention;
  std::unique_ptr<Ticker> retention_ticker;
  std::unique_ptr<audit::BackgroundIndexes> audit_indexes;
  std::unique_ptr<core::Outbox> outbox;
  std::unique_ptr<siem::Deliveries> deliveries;  // null: no destination is configured
  std::unique_ptr<identity::SealedSecrets> secrets;
  std::unique_ptr<identity::SessionTokens> session_tokens;
  std::unique_ptr<identity::SessionCredentials> sessions;
  std::unique_ptr<identity::StoredCredentials> credentials;
  std::unique_ptr<identity::CertificateAuthenticator> certificates;
  std::unique_ptr<identity::AccessKeyUses> uses;
  std::unique_ptr<records::NotedKeyUses> key_uses;
  SteadyTime key_uses_flushed{};
  std::unique_ptr<attestation::Verifier> attestations;      // null: no root is configured
  std::unique_ptr<identity::WebIdentities> web_identities;  // null: no issuer is configured
  std::unique_ptr<IssuerKeys> issuer_keys;
  std::shared_ptr<KeyStoreConnections> key_stores;
  std::unique_ptr<core::Registry> registry;
  metrics::CallCounters calls;
  std::vector<std::unique_ptr<identity::SigV4Verifier>> verifiers;
  std::vector<aws_http::Signer> signers;
  std::unique_ptr<core::StoredIdentitySides> identities;
  std::unique_ptr<core::BearerCallers> bearers;
  std::vector<grpc_front::Signer> grpc_signers;
  std::unique_ptr<core::Services> services;  // what those of the Regions share
  std::unique_ptr<Regions> regions;
  std::unique_ptr<aws_json::AwsJsonHandler> json;
  std::unique_ptr<aws_query::AwsQueryHandler> query;
  std::unique_ptr<FrontDoor> front_door;
  std::unique_ptr<KeyLifecycle> lifecycle;
  std::unique_ptr<http::Server> https;
  std::unique_ptr<grpc_front::GrpcServer> grpc;
  std::unique_ptr<Inventory> inventory;
  std::unique_ptr<MetricsEndpoint> metrics;  // null: not wanted
  std::atomic<bool> token_healthy{true};
  std::atomic<bool> trail_healthy{true};
  std::uint64_t trail_failures = 0;  // seen by the last look
  std::atomic<bool> stopping{false};
};

Result<void> Service::Parts::OpenStorage(UserPins user_pins) {
  KM_TRY(foundation,
         OpenFoundation(config, std::move(user_pins), storage::OpenMode::kOpenExisting, clock));
  KM_CHECK(MakeDirectory(config.audit.directory));
  KM_TRY(trail, audit::Trail::Open(ToTrailOptions(config.audit), clock));
  if (trail->last_sequence() == 0)
    log::Info("audit_trail_begins", {{"directory", config.audit.directory},
                                     {"store_epoch", foundation.store->head().epoch}});
  seal_memory = std::make_unique<StoredSealMemory>(*foundation.catalog, clock);
  audit::SealerOptions sealing = ToSealerOptions(config.audit);
  sealing.store_epoch = [store = foundation.store.get()] {
    return std::optional(store->head().epoch);
  };
  sealing.memory = seal_memory.get();
  KM_TRY(sealer, audit::Sealer::Open(sealing, *trail, *foundation.engine, clock));
  if (sealer->lost() > 0) KM_CHECK(ReportLostTrail(*sealer, *trail, config, random, clock));
  KM_CHECK(BeginAnchoring(foundation, *trail, random, clock));
  clock_watch = std::make_unique<storage::ClockWatch>(
      clock, [store = foundation.store.get()] { return store->clock_floor(); }, *trail, random,
      config.region);
  clock_watch->MayDestroy();
  outbox = std::make_unique<core::Outbox>(*foundation.catalog, *trail);
  KM_TRY(const std::size_t recovered, outbox->Recover(Deadline::After(clock, kStepMax)));
  if (recovered > 0) log::Info("audit_outbox_recovered", {{"records", recovered}});
  return {};
}

Result<void> Service::Parts::BuildCore() {
  secrets = std::make_unique<identity::SealedSecrets>(*foundation.engine, random);
  KM_TRY(session_tokens, identity::SessionTokens::Create(*foundation.engine, random,
                                                         Deadline::After(clock, kStepMax)));
  sessions =
      std::make_unique<identity::SessionCredentials>(*foundation.catalog, *session_tokens, clock);
  credentials = std::make_unique<identity::StoredCredentials>(*foundation.catalog, *secrets, clock,
                                                              sessions.get());
  KM_TRY(const std::vector<identity::CertificateRule> rules, LoadRules(config.grpc));
  KM_TRY(certificates, identity::CertificateAuthenticator::Create(rules, *credentials, clock));
  uses = std::make_unique<identity::AccessKeyUses>(*foundation.catalog);
  BuildIssuers();
  KM_CHECK(BuildAttestation());
  KM_CHECK(BuildKeyUses());
  KM_TRY(key_stores, KeyStoreConnections::Create(config.key_stores, foundation.modules, clock));
  KM_TRY(core::Registry made, operations::MakeRegistry());
  registry = std::make_unique<core::Registry>(std::move(made));
  services = std::make_unique<core::Services>(
      core::Services{*foundation.catalog, *foundation.engine, *trail, random, clock, *outbox,
                     *foundation.marker_key, config.region, config.default_custody, nullptr,
                     session_tokens.get(), web_identities.get(), key_stores.get()});
  services->regions = config.regions();
  services->key_uses = key_uses.get();
  services->attestations = attestations.get();
  identities = std::make_unique<core::StoredIdentitySides>(*foundation.catalog);
  regions = std::make_unique<Regions>(*registry, *services, *identities, *uses);
  KM_TRY(lifecycle, KeyLifecycle::Create(regions->services(), calls, [watch = clock_watch.get()] {
           return watch->MayDestroy();
         }));
  calls.Add(*registry);
  calls.Add(lifecycle->registry());
  KM_CHECK(operations::ResumeConnections(*services, Deadline::After(clock, kStepMax)));
  return BuildFrontDoor();
}

void Service::Parts::BuildIssuers() {
  if (config.issuers.empty()) return;
  web_identities = std::make_unique<identity::WebIdentities>(ToIssuers(config.issuers), clock);
  issuer_keys = std::make_unique<IssuerKeys>(config.issuers, *web_identities, clock);
  issuer_keys->Refresh();
}

Result<void> Service::Parts::BuildAttestation() {
  KM_TRY(std::optional<crypto::TrustedRoots> roots, LoadAttestationRoots(config.attestation_roots));
  if (roots) attestations = std::make_unique<attestation::Verifier>(*std::move(roots), clock);
  return {};
}

Result<void> Service::Parts::BuildKeyUses() {
  KM_TRY(const WallTime since, records::KeyUsesNotedSince(*foundation.catalog, clock.Now(),
                                                          Deadline::After(clock, kStepMax)));
  key_uses = std::make_unique<records::NotedKeyUses>(*foundation.catalog, since);
  key_uses_flushed = clock.SteadyNow();
  return {};
}

void Service::Parts::BuildBearers() {
  if (web_identities == nullptr) return;
  std::vector<core::BearerRule> rules;
  for (const IssuerConfig& issuer : config.issuers)
    for (const SubjectRule& rule : issuer.subjects)
      rules.push_back({issuer.url, rule.subject, rule.principal});
  bearers = std::make_unique<core::BearerCallers>(
      core::BearerCallers::Parts{*web_identities, *credentials, *foundation.catalog,
                                 regions->first().authoriser},
      std::move(rules));
}

void Service::Parts::AddSigner(const std::string& service, const std::string& region,
                               std::vector<std::string> scopes) {
  verifiers.push_back(std::make_unique<identity::SigV4Verifier>(
      *credentials, clock,
      identity::SigV4Policy{.signing_name = service, .regions = std::move(scopes)}));
  signers.push_back({service, verifiers.back().get(), region});
}

// One for each Region, which takes no other: what a front end believes of the scope is verified. A
// service without Regions has one for all. The first service is the one that authenticates what
// names no operation: KMS.
void Service::Parts::MakeSigners() {
  for (const auto& operation : registry->operations()) {
    const std::string& name = operation->signing_name;
    const bool known = std::any_of(signers.begin(), signers.end(),
                                   [&](const auto& signer) { return signer.signing_name == name; });
    if (known) continue;
    std::vector<std::string> scopes = config.regions();
    if (operation->global) {
      scopes.emplace_back(kGlobalRegion);
      AddSigner(name, "", std::move(scopes));
      continue;
    }
    for (const std::string& region : scopes) AddSigner(name, region, {region});
  }
}

Result<void> Service::Parts::BuildFrontDoor() {
  BuildBearers();
  MakeSigners();
  for (const aws_http::Signer& one : signers)
    grpc_signers.push_back({one.signing_name, one.verifier, one.region});
  KM_TRY(json, aws_json::AwsJsonHandler::Create(
                   regions->pipelines(), signers, [this](std::string& why) { return IsReady(why); },
                   &calls));
  KM_TRY(query, aws_query::AwsQueryHandler::Create(regions->first().pipeline, signers, &calls));
  front_door = std::make_unique<FrontDoor>(*json, *query);
  return {};
}

Result<void> Service::Parts::Listen() {
  KM_TRY(grpc, grpc_front::GrpcServer::Start(ToGrpcOptions(config), regions->pipelines(),
                                             {*certificates, grpc_signers, bearers.get()}, &calls));
  grpc->SetServing(true);
  KM_TRY(deliveries, StartDeliveries(config, clock, random));
  // After all that serves calls, because it answers whether all is ready.
  KM_TRY(https, http::Server::Start(ToHttpOptions(config.https), *front_door, clock));
  return ServeMetrics();
}

Result<void> Service::Parts::ServeMetrics() {
  if (!config.metrics.enabled) return {};
  inventory = std::make_unique<Inventory>(*foundation.catalog, clock, CertificatesOf(config),
                                          config.metrics.count_interval);
  const auto make_page = [this] {
    std::string why;
    return MetricsPage({calls, *foundation.engine, *foundation.store, *trail, *inventory,
                        foundation.anchoring.get(), *clock_watch, *sealer, deliveries.get()},
                       {IsReady(why), https->connections(), ConnectionsAt(grpc->port())});
  };
  KM_TRY(metrics, MetricsEndpoint::Start(config, make_page, clock));
  return {};
}

bool Service::Parts::IsReady(std::string& why) const {
  if (stopping) {
    why = "the server is stopping";
  } else if (!token_healthy) {
    why = "the hardware security module does not answer";
  } else if (!trail_healthy) {
    why = "the audit trail cannot be written";
  }
  if (!why.empty()) return false;
  // Served all the same, by those that are there.
  if (foundation.engine->IsDegraded()) why = "not every hardware security module is there";
  return true;
}

void Service::Parts::FlushUses() {
  const Result<void> flushed = uses->Flush(Deadline::After(clock, kStepMax));
  if (!flushed) log::Warning("access_key_uses_not_written", {{"detail", flushed.error().detail}});
}

void Service::Parts::FlushKeyUses() {
  key_uses_flushed = clock.SteadyNow();
  const Result<void> flushed = key_uses->Flush(Deadline::After(clock, kStepMax));
  if (!flushed) log::Warning("key_uses_not_written", {{"detail", flushed.error().detail}});
}

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Service::~Service() { Stop(std::chrono::milliseconds(0)); }

Result<std::unique_ptr<Service>> Service::Start(const Config& config, UserPins user_pins,
                                                const Clock& clock) {
  KM_CHECK(CheckFiles(config, clock.Now()));
  std::unique_ptr<Service> service(new Service(std::make_unique<Parts>(config, clock)));
  Parts& parts = *service->parts_;
  KM_CHECK(parts.OpenStorage(std::move(user_pins)));
  KM_CHECK(parts.BuildCore());
  KM_CHECK(parts.Listen());
  parts.foundation.engine->BeginChecks();
  parts.lifecycle->Begin(config.lifecycle_interval);
  parts.seal_ticker = std::make_unique<Ticker>(
      "audit_not_sealed", [sealer = parts.sealer.get()] { sealer->Tick(); }, kSealTick);
  parts.retention =
      std::make_unique<audit::Retention>(parts.config.audit.directory, parts.config.audit.retention,
                                         *parts.sealer, parts.deliveries.get(), parts.clock);
  parts.retention_ticker = std::make_unique<Ticker>(
      "audit_not_retired",
      [retention = parts.retention.get(), watch = parts.clock_watch.get()] {
        if (!watch->MayDestroy()) return;
        if (const auto gone = retention->Apply(); !gone)
          log::Error("audit_not_retired", {{"detail", gone.error().detail}});
      },
      kRetentionTick);
  parts.audit_indexes =
      std::make_unique<audit::BackgroundIndexes>(parts.config.audit.directory, kIndexTick);
  return service;
}

std::uint16_t Service::https_port() const { return parts_->https->port(); }
int Service::grpc_port() const { return parts_->grpc->port(); }
std::uint16_t Service::metrics_port() const {
  return parts_->metrics ? parts_->metrics->port() : std::uint16_t{0};
}

void Service::CheckHealth() {
  const Result<void> healthy = parts_->foundation.engine->CheckHealth(
      Deadline::After(parts_->clock, parts_->config.health_interval));
  const bool was_healthy = parts_->token_healthy.exchange(healthy.has_value());
  if (healthy && !was_healthy) log::Info("token_answers_again");
  if (!healthy && was_healthy)
    log::Error("token_does_not_answer", {{"detail", ForOperators(healthy.error())}});
  const audit::TrailCounters counters = parts_->trail->counters();
  const std::uint64_t failures = counters.failed_writes + counters.failed_flushes;
  parts_->trail_healthy = std::exchange(parts_->trail_failures, failures) == failures;
  parts_->grpc->SetServing(healthy.has_value() && parts_->trail_healthy);
  parts_->key_stores->CheckHealth(parts_->config.health_interval);
  parts_->FlushUses();
  if (parts_->clock.SteadyNow() - parts_->key_uses_flushed >= kKeyUsesFlushMin)
    parts_->FlushKeyUses();
  if (parts_->issuer_keys) parts_->issuer_keys->Refresh();
  const Result<bool> reloaded = parts_->https->ReloadCertificateIfChanged();
  if (parts_->metrics) {
    const Result<bool> renewed = parts_->metrics->ReloadCertificateIfChanged();
    if (!renewed) log::Error("metrics_certificate_not_taken", {{"detail", renewed.error().detail}});
  }
  if (!reloaded) {
    log::Error("certificate_not_taken", {{"detail", reloaded.error().detail}});
  } else if (*reloaded) {
    log::Info("certificate_replaced", {{"file", parts_->config.https.certificate}});
  }
}

void Service::ReloadCertificates() {
  if (const Result<void> reloaded = parts_->https->ReloadCertificate(); !reloaded) {
    log::Error("certificate_not_taken", {{"detail", reloaded.error().detail}});
    return;
  }
  log::Info("certificate_replaced", {{"file", parts_->config.https.certificate}});
}

void Service::Stop(std::chrono::milliseconds span) {
  if (parts_->stopping.exchange(true)) return;
  if (parts_->grpc) parts_->grpc->SetServing(false);
  bool drained = true;
  std::thread draining;
  if (parts_->https) draining = std::thread([&] { drained = parts_->https->Drain(span); });
  if (parts_->grpc) parts_->grpc->Stop(span);
  if (draining.joinable()) draining.join();
  if (!drained) log::Warning("calls_cut_short", {{"drain_milliseconds", span.count()}});
  parts_->metrics.reset();
  parts_->inventory.reset();
  parts_->grpc.reset();
  parts_->https.reset();
  parts_->lifecycle.reset();
  // Its thread writes to the store.
  if (parts_->key_stores) parts_->key_stores->Close();
  if (parts_->uses) parts_->FlushUses();
  if (parts_->key_uses) parts_->FlushKeyUses();
  // The last head goes into the trail as well.
  if (parts_->foundation.anchoring) {
    if (const Result<void> anchored = parts_->foundation.anchoring->End(); !anchored)
      log::Error("store_head_not_anchored", {{"detail", ForOperators(anchored.error())}});
  }
  parts_->audit_indexes.reset();
  parts_->retention_ticker.reset();
  parts_->retention.reset();
  parts_->clock_watch.reset();
  parts_->seal_ticker.reset();
  if (parts_->sealer) parts_->sealer->Stop();
  parts_->sealer.reset();
  parts_->seal_memory.reset();
  parts_->deliveries.reset();
  if (parts_->trail) {
    const audit::TrailCounters counters = parts_->trail->counters();
    parts_->outbox.reset();
    parts_->trail.reset();
    log::Info("audit_closed", {{"records", counters.records},
                               {"writes", counters.writes},
                               {"flushes", counters.flushes}});
  }
  if (parts_->foundation.store) {
    const storage::StoreCounters counters = parts_->foundation.store->counters();
    log::Info("store_closed", {{"changes", counters.changes}, {"commits", counters.commits}});
  }
  parts_->credentials.reset();
  parts_->foundation.Close();
}

Result<void> CheckFiles(const Config& config, WallTime now) {
  KM_CHECK(CheckCertificate(config.https.certificate, config.https.private_key, "https", now));
  KM_CHECK(CheckCertificate(config.grpc.certificate, config.grpc.private_key, "grpc", now));
  KM_CHECK(CheckAuthorities(config.grpc.client_ca, "grpc.client_ca"));
  KM_CHECK(LoadPrincipalRules(config.grpc));
  KM_CHECK(CheckIssuerFiles(config.issuers));
  KM_CHECK(LoadAttestationRoots(config.attestation_roots));
  KM_CHECK(CheckDestinations(config.siem));
  for (const KeyStoreConfig& store : config.key_stores)
    if (!store.trust_anchor.empty())
      KM_CHECK(CheckAuthorities(store.trust_anchor, "key_stores.trust_anchor"));
  return {};
}

}  // namespace kmaas::app
