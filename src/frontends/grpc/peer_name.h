// What gRPC calls a peer, as its socket's address.
#pragma once

#include <string>

namespace kmaas::grpc_front {

// "127.0.0.1:50051" and "::1:50051" of "ipv4:127.0.0.1:50051" and "ipv6:%5B::1%5D:50051".
std::string PeerOf(const std::string& name);
// Ends the connection of this peer, as PeerOf names him, to the port. False when there is none.
bool EndPeer(int port, const std::string& peer);
// What the kernel may keep of a connection until it is read, for the connections that the listeners
// of the port accept from now on.
void BoundReceiveBuffers(int port, int bytes);

}  // namespace kmaas::grpc_front
