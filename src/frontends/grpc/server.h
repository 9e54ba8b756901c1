// The gRPC server: one TLS listener, all operations, the standard health service.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/limits.h"
#include "base/listening_socket.h"
#include "base/result.h"
#include "core/observed_call.h"
#include "core/pipelines.h"
#include "frontends/grpc/caller_proofs.h"
#include "frontends/grpc/connection_watch.h"

namespace kmaas::grpc_front {

struct GrpcOptions {
  std::string address = "127.0.0.1";  // an IP address, no name
  std::uint16_t port = 0;             // 0: the system chooses; see GrpcServer::port
  // As http::ServerOptions::listener.
  const ListeningSocket* listener = nullptr;
  std::string certificate_file;  // PEM, leaf first, then its chain
  std::string private_key_file;  // PEM, not encrypted
  std::string client_ca_file;    // PEM; empty: no caller can prove who he is
  std::size_t workers = 4;
  std::size_t waiting_max = 1024;  // calls that wait for a worker; further ones are refused
  ConnectionLimits connections = {};
  int streams_per_connection_max = 100;
  std::chrono::milliseconds handshake_max = std::chrono::seconds(10);
  std::chrono::milliseconds idle_max = limits::kIdleConnectionMax;
  // How often, by the pipelines' clock, a new connection has the files above looked at. Changed
  // ones hold from then on; ones that cannot be used change nothing.
  std::chrono::seconds file_watch_interval{10};
  // Asked before files are taken, at the start too, because gRPC does not tell whether a pair fits:
  // with one that does not, no handshake comes to an end. Later its error is logged and leaves the
  // old ones in force. Null: nobody is asked. On a thread of gRPC's.
  std::function<Result<void>()> check_files;
};

// Thread-safe. A client certificate is asked for and verified, but a client without one is let in,
// so that it can ask for health and otherwise is told what is missing (UNAUTHENTICATED).
// Errors: the gRPC code of the error table, AWS's message as text, AWS's name in the trailing
// metadata x-amzn-errortype, the request id in x-amzn-requestid.
// The health service starts with all services not serving: see SetServing.
class GrpcServer {
 public:
  // Listens and serves when it returns. Borrows the pipelines, what `proofs` leads to and who
  // watches. Fails with the path or address in `detail`. From the first start
  // on, the logs of gRPC and protobuf go to base/log.
  static Result<std::unique_ptr<GrpcServer>> Start(const GrpcOptions& options,
                                                   core::Pipelines pipelines, CallerProofs proofs,
                                                   core::CallWatch watch = {});
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  int port() const;
  std::size_t connections() const;  // open now
  // The next connection has the files looked at and, if they are others, taken.
  void LookAtFiles() noexcept;
  ConnectionWatchCounters connections_ended() const;
  // What grpc.health.v1 says of every service and of "", the server.
  void SetServing(bool serving);
  // Accepts no connection any more, and tells the clients of those that are open to go elsewhere:
  // calls that they begin before they know it are served. See SendGoaways. Idempotent.
  void SendClientsAway();
  // Takes no new calls, lets those in flight end for at most `span`, cancels the rest, and returns
  // when none is left. The destructor does it without patience. A health watch counts as a call.
  void Stop(std::chrono::milliseconds span);

 private:
  struct Running;
  explicit GrpcServer(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace kmaas::grpc_front
