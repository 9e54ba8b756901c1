#include "app/foundation.h"

#include <utility>

#include "app/anchored_store.h"
#include "app/refused_pin.h"
#include "app/token_settings.h"
#include "base/log.h"
#include "hsm/pin_verdict.h"
#include "hsm/worker/isolation.h"
#include "records/anchored_since.h"

namespace kmaas::app {
namespace {

constexpr std::string_view kRowMacLabel = "store row mac v1";
constexpr std::string_view kMarkerLabel = "listing marker v1";

// Each look at a member that is away is a try.
constexpr std::chrono::milliseconds kMemberRecoveryInterval{100};

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
  // Of several it may be another one, and the first may have been replaced: that the rows verify
  // says that their keys are those of the database.
  if (config.hsm.tokens.empty() && installation->token_serial != token.token_serial) {
    return Refused(config.store.path + ": the database belongs to token " +
                   Named(installation->token_label, installation->token_serial) +
                   ", and the configuration names token " +
                   Named(token.token_label, token.token_serial));
  }
  return {};
}

// A token, and how many engines are over it: more than one when each has a worker of its own.
struct Ways {
  const HsmConfig& hsm;
  const TokenConfig& token;
  std::size_t count;
  bool are_members;  // of a group
};

using Modules = std::map<std::string, std::shared_ptr<hsm::SharedModule>>;

// In the process a module is loaded once; in workers, once for each.
Result<std::shared_ptr<hsm::SharedModule>> ModuleFor(const TokenConfig& token, Modules& modules) {
  if (hsm::worker::AreModulesIsolated())
    return hsm::SharedModule::Load(token.module, token.module_parameters);
  std::shared_ptr<hsm::SharedModule>& module = modules[token.module];
  if (module == nullptr) {
    KM_TRY(module, hsm::SharedModule::Load(token.module, token.module_parameters));
  }
  return module;
}

// The PIN of a token, and what is known of it.
struct TokenPin {
  SecretBytes pin;
  std::unique_ptr<hsm::PinMemory> memory;  // may be null
};

Result<void> AddSeats(const Ways& ways, TokenPin user_pin, const Clock& clock, Modules& modules,
                      std::vector<hsm::GroupSeat>& seats) {
  const auto pin = std::make_shared<const SecretBytes>(std::move(user_pin.pin));
  const auto verdict = std::make_shared<hsm::PinVerdict>(std::move(user_pin.memory));
  const std::string& token = ways.token.name;
  for (std::size_t i = 0; i < ways.count; ++i) {
    KM_TRY(const auto module, ModuleFor(ways.token, modules));
    const std::string name = ways.count == 1 ? token : token + "/" + std::to_string(i + 1);
    const auto open = [&clock, module, pin, verdict, hsm = ways.hsm, token = ways.token,
                       is_member = ways.are_members] {
      hsm::EngineOptions options = ToEngineOptions(hsm, token);
      options.user_pin = pin->Clone();
      options.pin_verdict = verdict;
      options.module = module;
      options.is_member = is_member;
      if (is_member) options.recovery_interval = kMemberRecoveryInterval;
      return hsm::Engine::Open(std::move(options), clock);
    };
    seats.push_back({name, token, open});
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

hsm::EngineOptions ToEngineOptions(const HsmConfig& hsm, const TokenConfig& token) {
  hsm::EngineOptions options;
  options.module_path = token.module;
  options.module_parameters = token.module_parameters;
  options.token_label = token.label;
  options.token_serial = token.serial;
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

Result<Foundation> OpenToken(const Config& config, UserPins user_pins, const Clock& clock) {
  Foundation foundation;
  const std::vector<TokenConfig> tokens = TokensOf(config.hsm);
  if (user_pins.of_tokens.size() != tokens.size())
    return Refused("hsm.tokens: there must be a PIN for each token");
  const std::size_t ways = hsm::worker::AreModulesIsolated() ? config.hsm.isolation.workers : 1;
  std::vector<hsm::GroupSeat> seats;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    KM_CHECK(AddSeats({config.hsm, tokens[i], ways, ways * tokens.size() > 1},
                      {std::move(user_pins.of_tokens[i]),
                       RefusedPinOf(config.data_directory, tokens[i].name, user_pins.sources[i])},
                      clock, foundation.modules, seats));
  }
  hsm::GroupOptions options;
  options.spread = config.hsm.spread;
  KM_TRY(foundation.engine, hsm::EngineGroup::Open(std::move(seats), options, clock));
  return foundation;
}

Result<Foundation> OpenFoundation(const Config& config, UserPins user_pins, storage::OpenMode mode,
                                  const Clock& clock) {
  KM_TRY(Foundation foundation, OpenUnjudged(config, std::move(user_pins), mode, clock));
  if (mode == storage::OpenMode::kOpenExisting) {
    KM_CHECK(storage::RefuseUnlessNewest(foundation.evidence, config.store.path));
    foundation.anchoring->Believe();
  }
  return foundation;
}

Result<Foundation> OpenUnjudged(const Config& config, UserPins user_pins, storage::OpenMode mode,
                                const Clock& clock) {
  KM_TRY(Foundation foundation, OpenToken(config, std::move(user_pins), clock));
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
