#include "frontends/grpc/peer_calls.h"

#include "base/log.h"
#include "frontends/grpc/peer_name.h"

namespace kmaas::grpc_front {

void PeerCalls::Begin(const std::string& peer) {
  Shard& shard = ShardOf(peer);
  {
    const std::lock_guard lock(shard.mutex);
    if (++shard.open[peer] != calls_max_ + 1) return;  // once for each time that it comes to that
  }
  if (EndPeer(port_.load(), PeerOf(peer))) {
    ++ended_;
    log::Warning("grpc_connection_ended", {{"peer", peer}, {"open_calls", calls_max_ + 1}});
  }
}

void PeerCalls::End(const std::string& peer) {
  Shard& shard = ShardOf(peer);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.open.find(peer);
  if (found != shard.open.end() && --found->second == 0) shard.open.erase(found);
}

}  // namespace kmaas::grpc_front
