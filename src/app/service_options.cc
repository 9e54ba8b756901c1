#include "app/service_options.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace kmaas::app {
namespace {

// A handler runs on its connection's thread and may wait for a commit, so there are more threads
// than processors: what waits together is committed together. And more than long and slow calls of
// the HSM, those that wait for them (long_lane_waiting_max and a third of it) and RSA data key
// pairs hold together: by default 24. Otherwise a few clients that sign would leave none to all
// others.
constexpr unsigned kHttpsThreadsMin = 32;
constexpr unsigned kGrpcWorkersMin = 32;
constexpr unsigned kThreadsPerProcessor = 2;

unsigned ThreadsFor(std::uint32_t configured, unsigned at_least) {
  if (configured != 0) return configured;
  return std::max(at_least, kThreadsPerProcessor * std::thread::hardware_concurrency());
}

}  // namespace

traffic::QuotaSettings ToQuotaSettings(const Config& config, std::uint64_t accounts) {
  traffic::QuotaSettings settings = config.limits.quotas;
  settings.calls_in_flight_max = config.limits.calls_per_account_max;
  if (settings.calls_in_flight_max != 0 || accounts <= 1) return settings;
  const unsigned threads = std::min(ThreadsFor(config.https.threads, kHttpsThreadsMin),
                                    ThreadsFor(config.grpc.workers, kGrpcWorkersMin));
  settings.calls_in_flight_max = std::max(threads - (threads + 3) / 4, 1U);
  return settings;
}

audit::TrailOptions ToTrailOptions(const AuditConfig& audit) {
  audit::TrailOptions options;
  options.directory = audit.directory;
  options.bytes_per_file_max = audit.file_bytes_max;
  options.flush_interval = audit.flush_interval;
  return options;
}

audit::SealerOptions ToSealerOptions(const AuditConfig& audit) {
  audit::SealerOptions options;
  options.directory = audit.directory;
  options.interval = audit.seal_interval;
  options.records_max = audit.seal_records_max;
  return options;
}

http::ServerOptions ToHttpOptions(const Config& config, const ListeningSocket& listener) {
  const HttpsConfig& https = config.https;
  const LimitsConfig& limits = config.limits;
  http::ServerOptions options;
  if (listener.is_open()) options.listener = &listener;
  options.address = https.address;
  options.port = https.port;
  options.certificate_file = https.certificate;
  options.private_key_file = https.private_key;
  options.threads = ThreadsFor(https.threads, kHttpsThreadsMin);
  options.running_max = std::thread::hardware_concurrency();
  options.connections_max = https.connections_max;
  options.connections_per_address_max = limits.connections_per_address_max;
  options.handshake_max = limits.handshake;
  options.header_read_max = limits.header;
  options.body_bytes_per_second_min = limits.body_bytes_per_second_min;
  options.request_read_max = limits.request;
  options.response_write_max = limits.request;
  options.idle_max = limits.idle;
  return options;
}

grpc_front::GrpcOptions ToGrpcOptions(const Config& config, const ListeningSocket& listener) {
  grpc_front::GrpcOptions options;
  if (listener.is_open()) options.listener = &listener;
  options.address = config.grpc.address;
  options.port = config.grpc.port;
  options.certificate_file = config.grpc.certificate;
  options.private_key_file = config.grpc.private_key;
  options.client_ca_file = config.grpc.client_ca;
  options.workers = ThreadsFor(config.grpc.workers, kGrpcWorkersMin);
  options.waiting_max = config.grpc.calls_waiting_max;
  options.connections.all_max = config.https.connections_max;
  options.connections.per_address_max = config.limits.connections_per_address_max;
  options.streams_per_connection_max = static_cast<int>(config.limits.streams_per_connection_max);
  options.handshake_max = config.limits.handshake;
  options.idle_max = config.limits.idle;
  options.file_watch_interval = std::max(
      std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(config.health_interval));
  return options;
}

}  // namespace kmaas::app
