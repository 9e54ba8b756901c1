#include "frontends/grpc/peer_name.h"

#include <string_view>

#include "frontends/grpc/port_sockets.h"

namespace kmaas::grpc_front {

std::string PeerOf(const std::string& name) {
  std::string peer = name.substr(name.find(':') + 1);
  for (const std::string_view bracket : {"%5B", "%5D", "[", "]"}) {
    if (const std::size_t at = peer.find(bracket); at != std::string::npos)
      peer.erase(at, bracket.size());
  }
  return peer;
}

bool EndPeer(int port, const std::string& peer) {
  const Result<std::vector<PortSocket>> sockets = SocketsOf(port);
  if (!sockets) return false;
  for (const PortSocket& one : *sockets) {
    if (one.peer != peer) continue;
    EndConnection(one);
    return true;
  }
  return false;
}

}  // namespace kmaas::grpc_front
