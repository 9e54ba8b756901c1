// Two clones of a token, each behind a copy of the shim and of SoftHSM of its own, and groups over
// them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hsm/engine_group.h"
#include "tests/fakes/soft_token.h"
#include "tests/shim/fault_plan.h"

namespace kmaas::hsm {

// A token of the world, and who spoils its answers.
struct Place {
  std::string name;
  std::string label;
  std::string serial;
  std::string pin;
  std::shared_ptr<SharedModule> module;
  std::unique_ptr<shim::FaultPlan> plan;
};

// What a group is used for, with what must come out.
class Script {
 public:
  explicit Script(EngineGroup& group);
  // Everything once; what failed or was wrong, each in a line. Nothing when all is right.
  std::string Use(EngineGroup& group);

 private:
  domain::KeyMaterial symmetric_;
  domain::KeyMaterial hmac_;
  domain::KeyMaterial signer_;
  Bytes key_;
  Bytes mac_;
  Bytes service_key_;
  ports::StoreHead head_;
};

class GroupWorld {
 public:
  GroupWorld();
  Place& a() { return a_; }
  Place& b() { return b_; }
  // A token with keys of kmaas that are its own.
  Place& stranger();
  // The next generation of roots, in `a` and cloned to `b`.
  void AddRoots();
  GroupSeat SeatAt(const Place& place) const;
  Result<std::unique_ptr<EngineGroup>> Open(const std::vector<const Place*>& places,
                                            Spread spread = Spread::kFirst) const;
  const Clock& clock() const { return clock_; }

 private:
  void MakePlace(Place& place, std::string name, std::string label, std::string serial);

  SystemClock clock_;
  fakes::SoftToken token_;
  Place a_;
  Place b_;
  Place stranger_;
};

domain::KeyMaterial Made(EngineGroup& group, const ports::MaterialPlan& plan);
bool IsUp(const EngineGroup& group, const std::string& name);

}  // namespace kmaas::hsm
