// What each connection sends: calls, and bytes that are none.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/ticker.h"
#include "frontends/grpc/port_sockets.h"

namespace kmaas::grpc_front {

// gRPC 1.51 holds a client to the bound on its calls only once the client has acknowledged it: one
// that never does begins as many as it likes, each with some ten kilobytes of memory. So they are
// counted here, and the connection that has several times too many is ended at once; several,
// because a client may begin a new call before the server is done with its last. And ten times a
// second, less often where there are many, it is looked at how much each connection has sent: more
// than its calls can hold, each counted once, is a flood of frames that are no calls (CONTINUATION,
// SETTINGS, PING), which gRPC takes without end. What gRPC took up for connections that were ended
// so is given back to the system. Thread-safe.
class PeerCalls {
 public:
  PeerCalls(std::size_t calls_max, PortSockets& sockets)
      : calls_max_(calls_max), sockets_(sockets) {}

  void Begin(const std::string& peer);  // gRPC's name, "ipv4:127.0.0.1:50051"
  // With the bytes of its message; none: it had none. What it might have had more is no credit.
  void End(const std::string& peer, std::optional<std::size_t> message_bytes);
  // From now on looks by itself.
  void Watch();
  void Look();
  std::uint64_t ended() const { return ended_.load(); }

 private:
  static constexpr std::size_t kShards = 16;
  struct Count {
    std::size_t open = 0;
    std::size_t begun = 0;          // since the last look
    std::int64_t unused_bytes = 0;  // of those that ended since then
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Count> of_peer;
  };
  Shard& ShardOf(const std::string& peer) {
    return shards_[std::hash<std::string>{}(peer) % kShards];
  }

  void Tick();

  const std::size_t calls_max_;
  PortSockets& sockets_;
  std::mutex look_mutex_;  // of what follows: one look at a time
  struct Seen {
    std::uint64_t bytes = 0;  // that have come
    std::int64_t credit = 0;  // that may still come
  };
  std::map<std::uint64_t, Seen> seen_;  // sockets by their inodes, at the last look
  std::uint64_t last_ended_ = 0;
  std::size_t skipped_ = 0;  // between the last two
  bool gives_back_ = false;
  std::atomic<std::size_t> skip_{0};  // looks until the next one is taken
  std::atomic<std::uint64_t> ended_{0};
  std::array<Shard, kShards> shards_;
  std::unique_ptr<Ticker> ticker_;  // last: it uses the others
};

}  // namespace kmaas::grpc_front
