#include "app/traffic_metrics.h"

namespace kmaas::app {

void WriteConnections(const http::ConnectionCounters& connections, metrics::Page& page) {
  const auto ended = [&page](const std::string& reason, std::uint64_t count) {
    page.Counter("kmaas_https_connections_ended_total",
                 "Connections that the server refused or ended, by its reason.", count,
                 {{"reason", reason}});
  };
  for (std::size_t i = 0; i < http::kPhases; ++i) {
    const auto phase = static_cast<http::Phase>(i);
    page.Gauge("kmaas_https_connections_by_phase", "Open HTTPS connections by what they are at.",
               static_cast<double>(connections.open[i]), {{"phase", std::string(ToText(phase))}});
    if (phase != http::Phase::kHandling)
      ended("slow_" + std::string(ToText(phase)), connections.too_slow[i]);
  }
  ended("full", connections.refused_full);
  ended("address_full", connections.refused_per_address);
  ended("displaced", connections.displaced);
}

void WriteGrpcConnections(const grpc_front::ConnectionWatchCounters& ended, metrics::Page& page) {
  const auto write = [&page](const char* reason, std::uint64_t count) {
    page.Counter("kmaas_grpc_connections_ended_total",
                 "gRPC connections that the server ended, by its reason.", count,
                 {{"reason", reason}});
  };
  write("full", ended.over_all);
  write("address_full", ended.over_per_address);
  write("cancelling", ended.cancelling);
}

void WriteRefusedCalls(const traffic::RefusedCalls& refused, metrics::Page& page) {
  for (std::size_t i = 0; i < refused.size(); ++i) {
    page.Counter("kmaas_refused_calls_total",
                 "Calls that were answered with ThrottlingException for a request quota.",
                 refused[i], {{"quota", std::string(ToText(static_cast<traffic::QuotaGroup>(i)))}});
  }
}

}  // namespace kmaas::app
