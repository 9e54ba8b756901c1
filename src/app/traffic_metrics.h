// What /metrics shows of refused calls and of connections.
#pragma once

#include "frontends/grpc/connection_watch.h"
#include "frontends/http/connection_counters.h"
#include "metrics/page.h"
#include "traffic/call_quotas.h"

namespace kmaas::app {

// Of the HTTPS port.
void WriteConnections(const http::ConnectionCounters& connections, metrics::Page& page);
void WriteGrpcConnections(const grpc_front::ConnectionWatchCounters& ended, metrics::Page& page);
void WriteRefusedCalls(const traffic::RefusedCalls& refused, metrics::Page& page);

}  // namespace kmaas::app
