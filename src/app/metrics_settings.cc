#include "app/metrics_settings.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "app/local_authority.h"

namespace kmaas::app {
namespace {

constexpr std::uint64_t kPortMax = 65'535;
constexpr std::uint64_t kCountSecondsMax = 86'400;

bool Shares(const MetricsConfig& metrics, const std::string& address, std::uint16_t port) {
  return metrics.port != 0 && metrics.port == port && metrics.address == address;
}

}  // namespace

bool IsLoopback(const std::string& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1)
    return (ntohl(four.s_addr) >> 24U) == IN_LOOPBACKNET;
  in6_addr six{};
  return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six) != 0;
}

void ReadMetrics(SettingsReader metrics, Config& config) {
  MetricsConfig& read = config.metrics;
  metrics.Flag("enabled", read.enabled);
  metrics.Text("address", read.address);
  if (!IsIpAddress(read.address))
    metrics.Refuse("address", "must be an IP address to listen on, as 127.0.0.1 or ::1");
  metrics.Number("port", read.port, 0, kPortMax);
  metrics.Path("token_file", read.token_file);
  metrics.Span("count_interval_seconds", read.count_interval, 1, kCountSecondsMax);
  if (read.enabled && !IsLoopback(read.address) && read.token_file.empty()) {
    metrics.Refuse("token_file",
                   "must be set where other machines reach metrics.address: without a token "
                   "everybody there could read the metrics");
  }
  if (read.enabled && (Shares(read, config.https.address, config.https.port) ||
                       Shares(read, config.grpc.address, config.grpc.port))) {
    metrics.Refuse("port", "contradicts https or grpc: both would listen on " + read.address +
                               " port " + std::to_string(read.port));
  }
  metrics.Finish();
}

}  // namespace kmaas::app
