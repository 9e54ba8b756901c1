#include "frontends/grpc/connection_watch.h"

#include <utility>

#include "base/log.h"
#include "frontends/grpc/peer_name.h"

namespace kmaas::grpc_front {
namespace {

constexpr std::chrono::milliseconds kLookInterval{1000};
// Peers whose cancelled calls are counted between two looks: more do not matter one by one.
constexpr std::size_t kCountedPeersMax = 10'000;

}  // namespace

ConnectionWatch::~ConnectionWatch() = default;

void ConnectionWatch::Begin() {
  ticker_ = std::make_unique<Ticker>(
      "grpc_connections_not_watched", [this] { Look(); }, kLookInterval);
}

void ConnectionWatch::NoteCancelled(const std::string& peer) {
  const std::lock_guard lock(cancelled_mutex_);
  if (cancelled_.size() < kCountedPeersMax) ++cancelled_[PeerOf(peer)];
}

void ConnectionWatch::Look() {
  std::unordered_map<std::string, std::size_t> cancelled;
  {
    const std::lock_guard lock(cancelled_mutex_);
    cancelled.swap(cancelled_);
  }
  const std::lock_guard lock(look_mutex_);
  std::unordered_map<std::string, std::size_t> kept_of;
  std::size_t kept = 0;
  for (const PortSocket& one : sockets_.Open()) {
    const auto cancels = cancelled.find(one.peer);
    std::size_t& kept_of_network = kept_of[one.network];
    if (cancels != cancelled.end() && cancels->second > limits_.cancelled_per_second_max) {
      log::Warning("grpc_connection_ended", {{"peer", one.peer}, {"cancelled", cancels->second}});
      ++cancelling_;
    } else if (limits_.per_address_max != 0 && kept_of_network >= limits_.per_address_max) {
      ++over_per_address_;
    } else if (kept >= limits_.all_max) {
      ++over_all_;
    } else {
      ++kept;
      ++kept_of_network;
      continue;
    }
    EndConnection(one);
  }
}

ConnectionWatchCounters ConnectionWatch::counters() const {
  return {over_all_.load(), over_per_address_.load(), cancelling_.load()};
}

}  // namespace kmaas::grpc_front
