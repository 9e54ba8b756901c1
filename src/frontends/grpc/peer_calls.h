// How many calls each connection has open.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace kmaas::grpc_front {

// gRPC 1.51 holds a client to the bound on its calls only once the client has acknowledged it: one
// that never does begins as many as it likes, each with some ten kilobytes of memory. So they are
// counted here, and the connection that has several times too many is ended at once; several,
// because a client may begin a new call before the server is done with its last. Thread-safe.
class PeerCalls {
 public:
  explicit PeerCalls(std::size_t calls_max) : calls_max_(calls_max) {}

  void Begin(const std::string& peer);  // gRPC's name, "ipv4:127.0.0.1:50051"
  void End(const std::string& peer);
  // Of the server: before, no connection is ended.
  void SetPort(int port) { port_.store(port); }
  std::uint64_t ended() const { return ended_.load(); }

 private:
  static constexpr std::size_t kShards = 16;
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, std::size_t> open;
  };
  Shard& ShardOf(const std::string& peer) {
    return shards_[std::hash<std::string>{}(peer) % kShards];
  }

  const std::size_t calls_max_;
  std::atomic<int> port_{0};
  std::atomic<std::uint64_t> ended_{0};
  std::array<Shard, kShards> shards_;
};

}  // namespace kmaas::grpc_front
