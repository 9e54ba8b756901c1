#include "app/key_lifecycle.h"

#include "operations/operations.h"

namespace kmaas::app {

Result<std::unique_ptr<KeyLifecycle>> KeyLifecycle::Create(std::vector<core::Services> regions,
                                                           core::CallObserver& observer) {
  KM_TRY(core::Registry registry, operations::MakeLifecycleRegistry());
  std::unique_ptr<KeyLifecycle> made(new KeyLifecycle(std::move(registry)));
  const core::Services shared = regions.front();
  lifecycle::Scheduler::Parts parts{shared.catalog, shared.clock, shared.random, {}, &observer};
  for (core::Services& services : regions) {
    services.uses = nullptr;  // the service has no credentials
    const std::string name = services.region;
    made->regions_.push_back(
        std::make_unique<Region>(made->registry_, std::move(services), made->authoriser_));
    parts.pipelines[name] = &made->regions_.back()->pipeline;
  }
  made->scheduler_.emplace(std::move(parts));
  return made;
}

KeyLifecycle::~KeyLifecycle() {
  if (scheduler_) scheduler_->Stop();
}

void KeyLifecycle::Begin(std::chrono::milliseconds interval) {
  ticker_.emplace(
      "schedule_not_run", [this] { scheduler_->RunDue(); }, interval, Ticker::First::kAtOnce);
}

}  // namespace kmaas::app
