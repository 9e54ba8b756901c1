#include "frontends/grpc/peer_calls.h"

#include <linux/tcp.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/limits.h"
#include "base/log.h"
#include "frontends/grpc/peer_name.h"

namespace kmaas::grpc_front {
namespace {

constexpr std::chrono::milliseconds kLookInterval{100};
// So many connections cost as much as a look may; with more of them it is taken less often.
constexpr std::size_t kConnectionsPerLook = 200;
constexpr std::size_t kSkippedMax = 9;
// Of one call, with its frames.
constexpr std::int64_t kCallBytesMax =
    limits::kRequestBodyBytesMax + 2 * limits::kRequestMetadataBytesMax;
// Between two looks: a handshake, acknowledgements, windows.
constexpr std::int64_t kOtherBytesMax = std::int64_t{32} << 10U;

// That have arrived; 0 when the kernel does not say.
std::uint64_t BytesReceived(int file) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  return ::getsockopt(file, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_received
                                                                      : 0;
}

}  // namespace

void PeerCalls::Watch() {
  ticker_ = std::make_unique<Ticker>(
      "grpc_calls_not_watched", [this] { Tick(); }, kLookInterval);
}

void PeerCalls::Tick() {
  if (skip_ > 0) {
    --skip_;
    return;
  }
  Look();
}

void PeerCalls::Begin(const std::string& peer) {
  Shard& shard = ShardOf(peer);
  {
    const std::lock_guard lock(shard.mutex);
    Count& count = shard.of_peer[peer];
    ++count.begun;
    if (++count.open != calls_max_ + 1) return;  // once for each time that it comes to that
  }
  if (!sockets_.End(PeerOf(peer))) return;
  ++ended_;
  log::Warning("grpc_connection_ended", {{"peer", peer}, {"open_calls", calls_max_ + 1}});
}

void PeerCalls::End(const std::string& peer, std::optional<std::size_t> message_bytes) {
  Shard& shard = ShardOf(peer);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.of_peer.find(peer);
  if (found == shard.of_peer.end()) return;
  --found->second.open;
  if (!message_bytes) return;
  const auto unused = limits::kRequestBodyBytesMax -
                      std::min<std::size_t>(*message_bytes, limits::kRequestBodyBytesMax);
  found->second.unused_bytes += static_cast<std::int64_t>(unused);
}

void PeerCalls::Look() {
  const std::lock_guard look(look_mutex_);
  // Before the bytes are looked at: what comes meanwhile counts for the next look.
  std::unordered_map<std::string, Count> calls;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (auto at = shard.of_peer.begin(); at != shard.of_peer.end();) {
      Count& count = at->second;
      calls[PeerOf(at->first)] = {count.open, std::exchange(count.begun, 0),
                                  std::exchange(count.unused_bytes, 0)};
      at = count.open == 0 ? shard.of_peer.erase(at) : std::next(at);
    }
  }
  const std::vector<PortSocket> sockets = sockets_.Open();
  const std::uint64_t ended_before = last_ended_;
  const std::int64_t others = kOtherBytesMax * static_cast<std::int64_t>(1 + skipped_);
  std::map<std::uint64_t, Seen> seen_now;
  for (const PortSocket& one : sockets) {
    const auto known = seen_.find(one.inode);
    Seen seen = known == seen_.end() ? Seen() : known->second;
    const Count& count = calls[one.peer];
    const std::uint64_t bytes = BytesReceived(one.file);
    const std::uint64_t came = bytes - std::exchange(seen.bytes, bytes);
    const auto begun = static_cast<std::int64_t>(count.begun);
    seen.credit +=
        others + begun * kCallBytesMax - count.unused_bytes - static_cast<std::int64_t>(came);
    const bool is_flood = seen.credit < 0;
    // What no call is open for any more is not left for later.
    const auto open = static_cast<std::int64_t>(count.open);
    seen.credit = std::min(seen.credit, others + (open + begun) * kCallBytesMax);
    seen_now[one.inode] = seen;
    if (!is_flood) continue;
    EndConnection(one);
    ++ended_;
    log::Warning("grpc_connection_ended", {{"peer", one.peer}, {"bytes", came}});
  }
  seen_ = std::move(seen_now);
  skipped_ = std::min(sockets.size() / kConnectionsPerLook, kSkippedMax);
  skip_.store(skipped_);
  last_ended_ = ended_.load();
  // A look later, when gRPC has noticed.
  if (std::exchange(gives_back_, last_ended_ != ended_before)) (void)::malloc_trim(0);
}

}  // namespace kmaas::grpc_front
