// The sweep of the server's token, and when it is made.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "app/foundation.h"
#include "base/ticker.h"
#include "lifecycle/token_sweep.h"
#include "ports/audit_sink.h"
#include "ports/random_source.h"

namespace kmaas::app {

// What a sweep of this token and store works with; its records are events of the service. Borrows
// all but the Region.
lifecycle::TokenSweep::Parts SweepParts(Foundation& foundation, ports::AuditSink& trail,
                                        ports::RandomSource& random, const Clock& clock,
                                        std::string region);

// Sees at once what is in the token; the looks begin with Begin(), on a thread of its own, and end
// with the object. Made before a call is served.
class TokenSweeping {
 public:
  TokenSweeping(lifecycle::TokenSweep::Parts parts, std::chrono::seconds spared);
  void Begin();
  lifecycle::SweepCounters counters() const { return sweep_.counters(); }

 private:
  const std::chrono::seconds spared_;
  lifecycle::TokenSweep sweep_;
  std::unique_ptr<Ticker> ticker_;  // last: it uses the others
};

}  // namespace kmaas::app
