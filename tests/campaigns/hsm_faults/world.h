// A token behind the shim, an engine over it, keys of many kinds, and all that is done with them.
#pragma once

#include <memory>
#include <string>

#include "hsm/engine.h"
#include "tests/campaigns/hsm_faults/uses.h"
#include "tests/fakes/soft_token.h"
#include "tests/shim/fault_plan.h"

namespace kmaas::campaigns {

struct Tally {
  std::size_t right = 0;
  std::size_t refused = 0;
  std::size_t bad = 0;  // wrong answers and errors that do not say what is the matter
  std::string first_bad;
  std::string first_refused;

  void Add(const Use& use);
};

// One at a time per process. Everything that fails before a fault ends the program.
class World {
 public:
  // `shim` is the path of the module.
  explicit World(std::string shim);
  ~World();

  shim::FaultPlan& plan() { return plan_; }
  hsm::Engine& engine() { return *engine_; }
  const Clock& clock() const { return clock_; }
  std::uint64_t generation() const { return engine_->Status().engine_generation; }

  // A new engine, as after a restart of the service.
  void Open();
  void Close() { engine_.reset(); }
  // Behind the engine's back: the module has forgotten everything.
  void MakeModuleForget();

  // Everything once. What was made meanwhile is used, too, when it is next.
  Tally UseAll();
  // One call of each lane, by one deadline for both.
  Tally AskOnce(std::chrono::milliseconds patience);
  // True when everything is right again before a second has passed.
  bool IsWholeWithinASecond(std::string& why);
  // One of AllKinds(), by its number.
  Use UseOne(std::size_t kind);

 private:
  SystemClock clock_;
  fakes::SoftToken token_;
  std::string shim_;
  shim::FaultPlan plan_;
  std::unique_ptr<hsm::Engine> engine_;
  std::unique_ptr<Keys> keys_;
};

}  // namespace kmaas::campaigns
