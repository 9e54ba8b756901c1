// Takes connections from a listening socket and hands them to a gRPC server.
#pragma once

#include <grpcpp/server_builder.h>

#include <memory>
#include <thread>

#include "base/listening_socket.h"
#include "base/result.h"
#include "frontends/grpc/port_sockets.h"

namespace kmaas::grpc_front {

// gRPC opens its own sockets and cannot be given one that listens already, but takes connections
// that others have accepted (ExternalConnectionAcceptor). Started and stopped by one thread.
class Acceptor {
 public:
  using Target = ::grpc::experimental::ExternalConnectionAcceptor;

  // Accepts on a thread of its own from Start on. Borrows `accepted`, which is told of everyone.
  Acceptor(ListeningSocket listener, std::unique_ptr<Target> target, PortSockets& accepted)
      : listener_(std::move(listener)), target_(std::move(target)), accepted_(accepted) {}
  ~Acceptor() { Stop(); }
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // The server must have started. Fails without descriptors.
  Result<void> Start();
  // Closes its end of the listener. Whoever it has accepted is the server's by then. Idempotent.
  void Stop();
  const ListeningSocket& listener() const { return listener_; }

 private:
  void Run();
  // False: there was nobody, or no descriptor for him.
  bool AcceptOne();
  bool IsToldToStop(int patience_millis) const;

  ListeningSocket listener_;
  std::unique_ptr<Target> target_;
  PortSockets& accepted_;
  int wake_ = -1;  // an eventfd
  bool out_of_descriptors_ = false;
  std::thread thread_;
};

}  // namespace kmaas::grpc_front
