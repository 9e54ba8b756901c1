// The work that nobody calls for: the scheduler with all that it stands on.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/ticker.h"
#include "core/pipeline.h"
#include "lifecycle/scheduler.h"
#include "lifecycle/service_authoriser.h"

namespace kmaas::app {

// A pipeline for each Region that is served, which no front end reaches. Borrows what the services
// borrow. Destroyed, it waits for the work that is under way.
class KeyLifecycle {
 public:
  // One for each Region, at least one. Borrows the observer, too.
  static Result<std::unique_ptr<KeyLifecycle>> Create(std::vector<core::Services> regions,
                                                      core::CallObserver& observer);
  ~KeyLifecycle();
  KeyLifecycle(const KeyLifecycle&) = delete;
  KeyLifecycle& operator=(const KeyLifecycle&) = delete;
  // Runs the scheduler at once and then after each interval.
  void Begin(std::chrono::milliseconds interval);
  const core::Registry& registry() const { return registry_; }

 private:
  struct Region {
    Region(const core::Registry& registry, core::Services of_region, core::Authoriser& authoriser)
        : services(std::move(of_region)), pipeline(registry, services, authoriser) {}
    const core::Services services;
    core::Pipeline pipeline;
  };
  explicit KeyLifecycle(core::Registry registry) : registry_(std::move(registry)) {}

  const core::Registry registry_;
  lifecycle::ServiceAuthoriser authoriser_;
  std::vector<std::unique_ptr<Region>> regions_;
  std::optional<lifecycle::Scheduler> scheduler_;
  std::optional<Ticker> ticker_;  // last: it uses the others
};

}  // namespace kmaas::app
