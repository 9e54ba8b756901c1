// The connections that the gRPC port has accepted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace kmaas::grpc_front {

struct PortSocket {
  int file = -1;  // gRPC's, which may have closed it
  std::uint64_t inode = 0;
  std::string peer;     // "127.0.0.1:50051", "::1:50051"
  std::string network;  // of the peer: the address, of IPv6 its /64
};

// gRPC owns them and does not say when it closes one, so each is known by its inode: a descriptor
// that leads elsewhere by now is forgotten. What a look costs grows with the connections of this
// port, and with nothing else that the process has open. Thread-safe.
class PortSockets {
 public:
  // Just accepted, and nobody else's yet. False when its peer has gone already; it is then not
  // among them.
  [[nodiscard]] bool Add(int file);
  // Those that are open, in the order of their coming.
  std::vector<PortSocket> Open();
  std::size_t size();
  // Ends the connection of this peer, as PeerOf names him. False when there is none.
  bool End(const std::string& peer);

 private:
  void ForgetClosed();  // with the mutex held

  std::mutex mutex_;
  std::vector<PortSocket> accepted_;
};

// Ends the connection in both directions, unless its descriptor has become another socket's. No
// copy of the descriptor is kept meanwhile: its owner's epoll would go on to hear of it after he
// has closed his.
void EndConnection(const PortSocket& socket);

}  // namespace kmaas::grpc_front
