// Tells the clients of a gRPC server to go elsewhere, without failing a call of theirs.
#pragma once

namespace grpc {
class Server;
}

namespace kmaas::grpc_front {

// Every open connection gets the two GOAWAY frames of a graceful end (RFC 9113 section 6.8): calls
// that were begun before the client knew of it are still served, and the connection closes with its
// last one. To say it again is harmless, and reaches those that have connected since. False when
// the library has no such function: then calls that begin during Server::Shutdown are refused.
bool SendGoaways(::grpc::Server& server);

}  // namespace kmaas::grpc_front
