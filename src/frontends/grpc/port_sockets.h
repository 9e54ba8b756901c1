// The sockets of this process that are connections of one of its ports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace kmaas::grpc_front {

struct PortSocket {
  int file = -1;
  std::uint64_t inode = 0;
  std::string peer;     // "127.0.0.1:50051", "::1:50051"
  std::string network;  // of the peer: the address, of IPv6 its /64
};

// As they are now. What is closed meanwhile may be missing. Fails when the process may not look at
// its own descriptors (/proc/self/fd).
Result<std::vector<PortSocket>> SocketsOf(int port);

// Ends the connection in both directions, unless its descriptor has become another socket's. No
// copy of the descriptor is kept meanwhile: its owner's epoll would go on to hear of it after he
// has closed his.
void EndConnection(const PortSocket& socket);

}  // namespace kmaas::grpc_front
