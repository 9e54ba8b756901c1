#include "app/hsm_isolation.h"

#include <algorithm>

#include "app/hardening.h"
#include "app/pin.h"
#include "app/process.h"
#include "app/token_settings.h"
#include "base/log.h"
#include "confinement/rights.h"
#include "hsm/worker/isolation.h"

namespace kmaas::app {
namespace {

namespace worker = hsm::worker;

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;
// Besides the lanes: the session that owns keys, health, recovery, and the tokens of key stores.
constexpr std::size_t kOtherCalls = 8;

std::vector<worker::ModuleSource> ModulesOf(const Config& config) {
  std::vector<worker::ModuleSource> modules{{config.hsm.module, config.hsm.module_parameters}};
  const auto add = [&modules](const worker::ModuleSource& one) {
    if (std::find(modules.begin(), modules.end(), one) == modules.end()) modules.push_back(one);
  };
  for (const TokenConfig& token : TokensOf(config.hsm))
    add({token.module, token.module_parameters});
  for (const KeyStoreConfig& store : config.key_stores)
    add({store.module, store.module_parameters});
  return modules;
}

worker::Confinement ConfinementOf(const Config& config) {
  const confinement::Rights rights = ToWorkerRights(config);
  return {.of_files = [config, rights]() -> Result<void> {
            // What the environment held for the server alone.
            (void)TakePinVariable(config.hsm.pin_environment);
            for (const TokenConfig& token : config.hsm.tokens)
              (void)TakePinVariable(token.pin_environment);
            return ConfineFiles(config, rights);
          },
          .of_calls = [config, rights]() -> Result<void> {
            // Of what was set before the fork, locks on memory alone are not inherited.
            KM_CHECK(HardenProcess(config.process));
            return ConfineCalls(config, rights);
          },
          .report = [] { LogRefusals(); }};
}

}  // namespace

Result<void> IsolateModules(const Config& config) {
  const IsolationConfig& isolation = config.hsm.isolation;
  if (isolation.mode == IsolationConfig::Mode::kInProcess) return {};
  const worker::ProxyOptions proxies{.call_max = isolation.call_max,
                                     .memory_max_bytes = isolation.memory_max_mib * kMebibyte};
  KM_TRY(const pid_t supervisor,
         worker::Isolate(
             {.modules = ModulesOf(config),
              .calls = config.hsm.short_lane_sessions + config.hsm.long_lane_sessions + kOtherCalls,
              .confinement = ConfinementOf(config)},
             proxies));
  log::Info("hsm_modules_isolated", {{"supervisor", supervisor}});
  return {};
}

}  // namespace kmaas::app
