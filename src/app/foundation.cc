#include "app/foundation.h"

#include <utility>

#include "app/anchored_store.h"
#include "base/log.h"
#include "records/anchored_since.h"

namespace kmaas::app {
namespace {

constexpr std::string_view kRowMacLabel = "store row mac v1";
constexpr std::string_view kMarkerLabel = "listing marker v1";

Error Refused(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

std::string Named(const std::string& label, const std::string& serial) {
  return "\"" + label + "\" (serial " + serial + ")";
}

Result<void> CheckInstallation(const Config& config, records::Catalog& catalog,
                               const ports::EngineStatus& token) {
  KM_TRY(const auto installation, catalog.Find<records::Installation>("this"));
  if (!installation) {
    return Refused(
        config.store.path +
        ": the database was never initialised; run `kmaas init` with this configuration");
  }
  if (installation->token_serial != token.token_serial) {
    return Refused(config.store.path + ": the database belongs to token " +
                   Named(installation->token_label, installation->token_serial) +
                   ", and the configuration names token " +
                   Named(token.token_label, token.token_serial));
  }
  return {};
}

}  // namespace

std::string ForOperators(const Error& error) {
  if (error.message.empty()) return error.detail;
  if (error.message.find(error.detail) != std::string::npos) return error.message;
  return error.message + " (" + error.detail + ")";
}

Result<DerivedKeys> DeriveKeys(ports::CryptoEngine& engine, Deadline deadline) {
  DerivedKeys keys;
  KM_TRY(keys.row_mac,
         engine.DeriveServiceKey(ports::ServiceKey::kIntegrity, kRowMacLabel, {}, deadline));
  KM_TRY(keys.listing_marker,
         engine.DeriveServiceKey(ports::ServiceKey::kIntegrity, kMarkerLabel, {}, deadline));
  return keys;
}

hsm::EngineOptions ToEngineOptions(const HsmConfig& hsm, SecretBytes user_pin) {
  hsm::EngineOptions options;
  options.module_path = hsm.module;
  options.module_parameters = hsm.module_parameters;
  options.token_label = hsm.token_label;
  options.token_serial = hsm.token_serial;
  options.user_pin = std::move(user_pin);
  options.short_lane = {hsm.short_lane_sessions, hsm.short_lane_waiting_max};
  options.long_lane = {hsm.long_lane_sessions, hsm.long_lane_waiting_max};
  options.cached_keys_max = hsm.cached_keys_max;
  options.check_ecdsa = hsm.check_ecdsa_signatures;
  options.accept_weak_token = hsm.accept_weak_token;
  return options;
}

void Foundation::Close() {
  marker_key.reset();
  catalog.reset();
  store.reset();
  if (anchoring) {
    if (const Result<void> anchored = anchoring->End(); !anchored)
      log::Error("store_head_not_anchored", {{"detail", ForOperators(anchored.error())}});
  }
  anchoring.reset();
  if (engine) engine->Close();
}

Result<Foundation> OpenToken(const Config& config, SecretBytes user_pin, const Clock& clock) {
  Foundation foundation;
  KM_TRY(foundation.module,
         hsm::SharedModule::Load(config.hsm.module, config.hsm.module_parameters));
  hsm::EngineOptions engine_options = ToEngineOptions(config.hsm, std::move(user_pin));
  engine_options.module = foundation.module;
  KM_TRY(foundation.engine, hsm::Engine::Open(std::move(engine_options), clock));
  return foundation;
}

Result<Foundation> OpenFoundation(const Config& config, SecretBytes user_pin,
                                  storage::OpenMode mode, const Clock& clock) {
  KM_TRY(Foundation foundation, OpenUnjudged(config, std::move(user_pin), mode, clock));
  if (mode == storage::OpenMode::kOpenExisting) {
    KM_CHECK(storage::RefuseUnlessNewest(foundation.evidence, config.store.path));
    foundation.anchoring->Believe();
  }
  return foundation;
}

Result<Foundation> OpenUnjudged(const Config& config, SecretBytes user_pin, storage::OpenMode mode,
                                const Clock& clock) {
  KM_TRY(Foundation foundation, OpenToken(config, std::move(user_pin), clock));
  KM_TRY(DerivedKeys keys, DeriveKeys(*foundation.engine, Deadline::After(clock, kStepMax)));
  // Before the database is looked at: a server beside this process may go on meanwhile.
  if (mode != storage::OpenMode::kCreate) {
    KM_TRY(foundation.evidence, AskWitnesses(*foundation.engine, config, clock));
  }
  foundation.anchoring = std::make_unique<storage::Anchoring>(foundation.engine->anchor(), clock,
                                                              ToAnchoringOptions(config));
  storage::SqliteOptions options;
  options.path = config.store.path;
  options.mode = mode;
  options.observer = foundation.anchoring.get();
  KM_TRY(foundation.store,
         storage::SqliteStore::Open(options, storage::RowMac(std::move(keys.row_mac)), clock));
  foundation.catalog = std::make_unique<records::Catalog>(*foundation.store);
  foundation.marker_key = std::make_unique<crypto::HmacSha256Key>(keys.listing_marker.view());
  if (mode != storage::OpenMode::kCreate) {
    KM_CHECK(CheckInstallation(config, *foundation.catalog, foundation.engine->Status()));
    foundation.evidence.database = foundation.store->head();
    KM_TRY(foundation.evidence.anchored_since, records::ReadAnchoredSince(*foundation.catalog));
  }
  return foundation;
}

}  // namespace kmaas::app
