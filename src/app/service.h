// The composition root of kmaasd: everything that serves, built in the order in which it depends on
// each other, and ended in the reverse order.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "app/config.h"
#include "app/drain.h"
#include "app/passed_sockets.h"
#include "app/reload_counters.h"
#include "app/user_pins.h"
#include "base/clock.h"
#include "base/result.h"
#include "confinement/rights.h"

namespace kmaas::app {

// Owned by one thread, which starts and stops it; CheckHealth has another. Its front ends serve on
// their own.
class Service {
 public:
  // Opens token (one login attempt), store and audit trail, delivers the audit records that a crash
  // left in the outbox, and listens, at `listeners` where somebody keeps them. Serves when it
  // returns. Every error is for the operator. Borrows the clock.
  static Result<std::unique_ptr<Service>> Start(const Config& config, UserPins user_pins,
                                                const Clock& clock, Listeners listeners = {});
  ~Service();  // stops without patience
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  std::uint16_t https_port() const;
  int grpc_port() const;
  std::uint16_t metrics_port() const;  // 0: metrics are not served

  // What the health timer does: asks the token for a known answer and the audit trail whether
  // writes failed since the last look, tells the probes and gRPC's health service, and takes
  // certificate files that have changed. May take as long as the token.
  void CheckHealth();
  // Takes `wanted` in place of `now`, as TakeConfiguration says; `rights` are those that the
  // process confined itself to. For one thread.
  Result<void> Reload(const Config& now, const Config& wanted, const confinement::Rights& rights);
  ReloadCounters& reloads();
  // Takes the newest generation of roots in the token into use, and brings material to it; soon.
  void RotateRoots();
  // Answers what is in flight, as Drain does, then closes trail, store and token in this order.
  // Idempotent.
  void Stop(const DrainSpans& spans);

 private:
  struct Parts;
  explicit Service(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace kmaas::app
