// How the front ends end: no client notices more than a pause, where somebody keeps the sockets.
#pragma once

#include <chrono>

#include "app/metrics_endpoint.h"
#include "frontends/grpc/server.h"
#include "frontends/http/server.h"

namespace kmaas::app {

// For clients of HTTPS to come back on their connections and be sent away; who is silent for
// longer finds his connection closed, as he does when it was idle for too long.
inline constexpr std::chrono::milliseconds kDrainGrace{2000};

struct DrainSpans {
  std::chrono::milliseconds whole{0};
  // Of it, at most, before anybody is turned away: see kDrainGrace. New clients are served
  // meanwhile.
  std::chrono::milliseconds grace{0};
};

// What of the server may be null: it has not started.
struct FrontEnds {
  http::Server* https = nullptr;
  grpc_front::GrpcServer* grpc = nullptr;
  MetricsEndpoint* metrics = nullptr;
};

// Sends the clients away, stops accepting, and lets what is in flight end. Whoever connects from
// then on waits in the queue of a socket that is kept. True when nothing was cut short.
bool Drain(const FrontEnds& ends, const DrainSpans& spans);

}  // namespace kmaas::app
