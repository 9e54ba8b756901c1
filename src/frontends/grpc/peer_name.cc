#include "frontends/grpc/peer_name.h"

#include <string_view>

namespace kmaas::grpc_front {

std::string PeerOf(const std::string& name) {
  std::string peer = name.substr(name.find(':') + 1);
  for (const std::string_view bracket : {"%5B", "%5D", "[", "]"}) {
    if (const std::size_t at = peer.find(bracket); at != std::string::npos)
      peer.erase(at, bracket.size());
  }
  return peer;
}

}  // namespace kmaas::grpc_front
