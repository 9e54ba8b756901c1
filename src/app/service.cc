#include "app/service.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "app/anchored_store.h"
#include "app/attestation_roots.h"
#include "app/certificate_check.h"
#include "app/file_check.h"
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
#include "app/reload.h"
#include "app/root_rotator.h"
#include "app/service_options.h"
#include "app/siem_settings.h"
#include "app/stored_seal_memory.h"
#include "app/token_sweeping.h"
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
#include "traffic/call_quotas.h"

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

}  // namespace

// In the order in which they depend on each other; destroyed in the reverse one.
struct Service::Parts {
  Parts(const Config& wanted, const Clock& time, Listeners kept)
      : config(wanted), clock(time), listeners(std::move(kept)) {}

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
  // For files of a listener that have changed: what a start would refuse is refused.
  std::function<Result<void>()> CheckedFiles(bool of_grpc);
  Result<void> Listen();
  Result<void> ServeMetrics();
  void FlushUses();
  void FlushKeyUses();
  void FollowCertificates();
  // Whether calls can be served; `why` is for strangers.
  bool IsReady(std::string& why) const;

  const Config config;
  const Clock& clock;
  const Listeners listeners;
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
  std::unique_ptr<siem::CurrentDeliveries> deliveries;
  ReloadCounters reloads;
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
  std::unique_ptr<traffic::Quotas> quotas;
  std::unique_ptr<traffic::CallQuotas> call_quotas;
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
  std::unique_ptr<TokenSweeping> sweeping;
  std::unique_ptr<RootRotator> root_rotator;
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
  // Before anything is wrapped.
  KM_TRY(root_rotator, RootRotator::Create(RotationParts(foundation, *outbox, *trail, config.region,
                                                         random, clock)));
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
  KM_TRY(const std::vector<identity::CertificateRule> rules, LoadCertificateRules(config.grpc));
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
  quotas = std::make_unique<traffic::Quotas>(*registry);
  KM_TRY(const std::uint64_t accounts, foundation.catalog->Count<records::Account>());
  call_quotas = std::make_unique<traffic::CallQuotas>(*quotas, ToQuotaSettings(config, accounts),
                                                      random, clock);
  regions = std::make_unique<Regions>(*registry, *services, *identities, *uses, *call_quotas);
  KM_TRY(lifecycle, KeyLifecycle::Create(regions->services(), calls, [watch = clock_watch.get()] {
           return watch->MayDestroy();
         }));
  calls.Add(*registry);
  calls.Add(lifecycle->registry());
  KM_CHECK(operations::ResumeConnections(*services, Deadline::After(clock, kStepMax)));
  sweeping = std::make_unique<TokenSweeping>(
      SweepParts(foundation, *trail, random, clock, config.region), config.unnamed_keys_spared);
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
  KM_TRY(json, aws_json::AwsJsonHandler::Create(regions->pipelines(), signers,
                                                [this](std::string& why) { return IsReady(why); },
                                                {&calls, call_quotas.get()}));
  KM_TRY(query, aws_query::AwsQueryHandler::Create(regions->first().pipeline, signers,
                                                   {&calls, call_quotas.get()}));
  front_door = std::make_unique<FrontDoor>(*json, *query);
  return {};
}

std::function<Result<void>()> Service::Parts::CheckedFiles(bool of_grpc) {
  return [this, of_grpc]() -> Result<void> {
    const Result<void> usable = of_grpc ? CheckGrpcFiles(config.grpc, clock.Now())
                                        : CheckHttpsFiles(config.https, clock.Now());
    if (!usable) ++reloads.certificates_refused;
    return usable;
  };
}

Result<void> Service::Parts::Listen() {
  grpc_front::GrpcOptions grpc_options = ToGrpcOptions(config, listeners.grpc);
  grpc_options.check_files = CheckedFiles(true);
  KM_TRY(grpc, grpc_front::GrpcServer::Start(grpc_options, regions->pipelines(),
                                             {*certificates, grpc_signers, bearers.get()},
                                             {&calls, call_quotas.get()}));
  grpc->SetServing(true);
  KM_CHECK(PrepareDestinations(config));
  deliveries = std::make_unique<siem::CurrentDeliveries>(
      config.audit.directory, CursorDirectory(config), EventProducer(), clock, random);
  deliveries->Replace(config.siem);
  // After all that serves calls, because it answers whether all is ready.
  http::ServerOptions https_options = ToHttpOptions(config, listeners.https);
  https_options.check_files = CheckedFiles(false);
  KM_TRY(https, http::Server::Start(https_options, *front_door, clock));
  return ServeMetrics();
}

Result<void> Service::Parts::ServeMetrics() {
  if (!config.metrics.enabled) return {};
  inventory = std::make_unique<Inventory>(*foundation.catalog, clock, CertificatesOf(config),
                                          config.metrics.count_interval);
  const auto make_page = [this] {
    std::string why;
    return MetricsPage({calls, *foundation.engine, *foundation.store, *trail, *inventory,
                        foundation.anchoring.get(), *clock_watch, *sealer, *call_quotas,
                        *deliveries, reloads, *sweeping, *root_rotator},
                       {IsReady(why), https->counters(), grpc->connections_ended(),
                        https->connections(), grpc->connections()});
  };
  KM_TRY(metrics, MetricsEndpoint::Start(config, make_page, clock, listeners.metrics));
  return {};
}

bool Service::Parts::IsReady(std::string& why) const {
  if (stopping && !listeners.are_kept()) {
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
Service::~Service() { Stop({}); }

Result<std::unique_ptr<Service>> Service::Start(const Config& config, UserPins user_pins,
                                                const Clock& clock, Listeners listeners) {
  KM_CHECK(CheckFiles(config, clock.Now()));
  std::unique_ptr<Service> service(
      new Service(std::make_unique<Parts>(config, clock, std::move(listeners))));
  Parts& parts = *service->parts_;
  KM_CHECK(parts.OpenStorage(std::move(user_pins)));
  KM_CHECK(parts.BuildCore());
  KM_CHECK(parts.Listen());
  parts.foundation.engine->BeginChecks();
  parts.lifecycle->Begin(config.lifecycle_interval);
  parts.sweeping->Begin();
  parts.root_rotator->Begin();
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
  parts_->FollowCertificates();
}

void Service::Parts::FollowCertificates() {
  const auto say = [this](const Result<bool>& followed) {
    if (!followed) {
      log::Error("certificate_not_taken", {{"detail", ForOperators(followed.error())}});
    } else if (*followed) {
      log::Info("certificate_replaced", {{"file", config.https.certificate}});
    }
  };
  say(https->ReloadCertificateIfChanged());
  if (metrics) say(metrics->ReloadCertificateIfChanged());
}

Result<void> Service::Reload(const Config& now, const Config& wanted,
                             const confinement::Rights& rights) {
  return TakeConfiguration(now, wanted, rights,
                           {*parts_->https, *parts_->grpc, parts_->metrics.get(),
                            *parts_->certificates, *parts_->deliveries, parts_->inventory.get()},
                           parts_->clock);
}

ReloadCounters& Service::reloads() { return parts_->reloads; }

void Service::RotateRoots() { parts_->root_rotator->Rotate(); }

void Service::Stop(const DrainSpans& spans) {
  if (parts_->stopping.exchange(true)) return;
  // Where the next server will answer at the same place, nobody need look for another one.
  if (parts_->grpc && !parts_->listeners.are_kept()) parts_->grpc->SetServing(false);
  if (!Drain({parts_->https.get(), parts_->grpc.get(), parts_->metrics.get()}, spans))
    log::Warning("calls_cut_short", {{"drain_milliseconds", spans.whole.count()}});
  parts_->metrics.reset();
  parts_->inventory.reset();
  parts_->grpc.reset();
  parts_->https.reset();
  parts_->sweeping.reset();
  parts_->lifecycle.reset();
  parts_->root_rotator.reset();
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

}  // namespace kmaas::app
