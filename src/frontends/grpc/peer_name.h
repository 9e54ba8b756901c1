// What gRPC calls a peer, as its socket's address.
#pragma once

#include <string>

namespace kmaas::grpc_front {

// "127.0.0.1:50051" and "::1:50051" of "ipv4:127.0.0.1:50051" and "ipv6:%5B::1%5D:50051".
std::string PeerOf(const std::string& name);

}  // namespace kmaas::grpc_front
