// The open connections of the gRPC port: their number, and the end of those that abuse it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ticker.h"
#include "frontends/grpc/port_sockets.h"

namespace kmaas::grpc_front {

struct ConnectionLimits {
  std::size_t all_max = 4096;
  std::size_t per_address_max = 0;  // of IPv6 for each /64; 0: no bound
  // Calls that a connection may cancel before they have an answer, in a second.
  std::size_t cancelled_per_second_max = 500;
};

// Totals since the start.
struct ConnectionWatchCounters {
  std::uint64_t over_all = 0;          // ended: there were too many
  std::uint64_t over_per_address = 0;  // ended: too many of their address
  std::uint64_t cancelling = 0;        // ended: cancelled too many calls (CVE-2023-44487)
};

// gRPC owns its sockets and has no bound for them, so they are looked at once a second. Whoever is
// too much has his connection shut down, the newest first; gRPC sees it as closed by the peer.
// Between two looks there may be more connections than allowed. Thread-safe.
class ConnectionWatch {
 public:
  ConnectionWatch(const ConnectionLimits& limits, PortSockets& sockets)
      : limits_(limits), sockets_(sockets) {}
  ~ConnectionWatch();
  ConnectionWatch(const ConnectionWatch&) = delete;
  ConnectionWatch& operator=(const ConnectionWatch&) = delete;

  // Of gRPC's name of a peer, "ipv4:127.0.0.1:50051". At the bound the next look ends the
  // connection.
  void NoteCancelled(const std::string& peer);
  // From now on looks once a second.
  void Begin();
  void Look();
  ConnectionWatchCounters counters() const;

 private:
  const ConnectionLimits limits_;
  PortSockets& sockets_;
  std::mutex look_mutex_;  // one look at a time
  std::mutex cancelled_mutex_;
  std::unordered_map<std::string, std::size_t>
      cancelled_;  // since the last look, by "address:port"
  std::atomic<std::uint64_t> over_all_{0};
  std::atomic<std::uint64_t> over_per_address_{0};
  std::atomic<std::uint64_t> cancelling_{0};
  std::unique_ptr<Ticker> ticker_;  // last: it uses the others
};

}  // namespace kmaas::grpc_front
