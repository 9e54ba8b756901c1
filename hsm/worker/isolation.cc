#include "hsm/worker/isolation.h"

#include <array>
#include <memory>
#include <mutex>
#include <utility>

#include "hsm/worker/isolated_module.h"
#include "hsm/worker/proxy.h"
#include "hsm/worker/supervisor.h"

namespace kmaas::hsm::worker {
namespace {

struct State {
  std::mutex mutex;
  std::shared_ptr<Supervisor> supervisor;
  ProxyOptions options;
  struct Loaded {
    std::string module;
    std::unique_ptr<Proxy> proxy;
  };
  std::array<Loaded, Proxy::kProxiesMax> loaded;  // by Proxy::place()
};

// Never destroyed: threads may be in a module when the program ends.
State& TheState() {
  static State& state = *new State;
  return state;
}

template <class Ask>
bool AskProxyOf(const CK_FUNCTION_LIST& functions, Ask ask) {
  State& state = TheState();
  const std::lock_guard lock(state.mutex);
  for (const State::Loaded& one : state.loaded)
    if (one.proxy != nullptr && one.proxy->functions() == &functions) return ask(*one.proxy);
  return false;
}

}  // namespace

Result<pid_t> Isolate(SupervisorOptions supervisor, const ProxyOptions& proxies) {
  KM_TRY(auto started, Supervisor::Start(std::move(supervisor)));
  const pid_t process = started->process();
  State& state = TheState();
  const std::lock_guard lock(state.mutex);
  state.supervisor = std::move(started);
  state.options = proxies;
  return process;
}

bool AreModulesIsolated() {
  State& state = TheState();
  const std::lock_guard lock(state.mutex);
  return state.supervisor != nullptr;
}

Result<CK_FUNCTION_LIST*> LoadIsolated(const ModuleSource& module) {
  State& state = TheState();
  const std::lock_guard lock(state.mutex);
  if (state.supervisor == nullptr) return nullptr;
  KM_TRY(auto proxy, Proxy::Make(state.supervisor, module, state.options));
  State::Loaded& place = state.loaded[proxy->place()];
  place = {module.path, std::move(proxy)};
  return place.proxy->functions();
}

void Unload(const CK_FUNCTION_LIST& functions) {
  State& state = TheState();
  std::unique_ptr<Proxy> ended;  // outside the lock: it may take a while
  const std::lock_guard lock(state.mutex);
  for (State::Loaded& one : state.loaded)
    if (one.proxy != nullptr && one.proxy->functions() == &functions) ended = std::move(one.proxy);
}

bool HasOutgrown(const CK_FUNCTION_LIST& functions) {
  return AskProxyOf(functions, [](const Proxy& proxy) { return proxy.HasOutgrown(); });
}

bool MustBeReplaced(const CK_FUNCTION_LIST& functions) {
  return AskProxyOf(functions,
                    [](const Proxy& proxy) { return proxy.IsLost() || proxy.HasOutgrown(); });
}

std::vector<WorkerStatus> Workers() {
  State& state = TheState();
  const std::lock_guard lock(state.mutex);
  std::vector<WorkerStatus> workers;
  for (std::size_t i = 0; i < state.loaded.size(); ++i)
    if (const State::Loaded& one = state.loaded[i]; one.proxy != nullptr)
      workers.push_back({i, one.module, one.proxy->process(), one.proxy->counters()});
  return workers;
}

}  // namespace kmaas::hsm::worker
