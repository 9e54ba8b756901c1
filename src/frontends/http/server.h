// The HTTPS server: one listener, TLS, HTTP/1.1 with keep-alive, a fixed number of threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/limits.h"
#include "base/listening_socket.h"
#include "base/result.h"
#include "frontends/http/connection_counters.h"
#include "frontends/http/fresh_certificate.h"
#include "frontends/http/handler.h"

namespace kmaas::http {

struct ServerOptions {
  std::string address = "127.0.0.1";  // an IP address, no name
  std::uint16_t port = 0;             // 0: the system chooses; see Server::port
  // Listens already, and goes on listening when the server has ended: the server uses a copy of it.
  // Borrowed until Start returns. Null: the server opens address and port itself.
  const ListeningSocket* listener = nullptr;
  bool tls = true;               // false: plain HTTP, for what stays on the machine
  std::string certificate_file;  // PEM, leaf first, then its chain
  std::string private_key_file;  // PEM, not encrypted
  // Asked before files that have changed are taken; its error is then Reload's. Null: nobody is.
  // On the thread that reloads.
  std::function<Result<void>()> check_files;
  unsigned threads = 2;
  unsigned running_max = 2;                     // of them at a time; see WorkersOptions
  std::size_t connections_max = 4096;           // further ones are closed at once
  std::size_t connections_per_address_max = 0;  // likewise; of IPv6 for each /64. Zero: no bound
  std::size_t header_bytes_max = limits::kRequestHeaderBytesMax;
  std::size_t headers_max = limits::kRequestHeadersMax;
  std::size_t body_bytes_max = limits::kRequestBodyBytesMax;
  std::size_t bodies_bytes_max = limits::kRequestBodiesBytesMax;  // of all connections
  std::chrono::milliseconds handshake_max = std::chrono::seconds(10);
  std::chrono::milliseconds header_read_max = std::chrono::seconds(10);  // first byte to last
  // Of the body, after five seconds to begin with.
  std::size_t body_bytes_per_second_min = 1024;
  std::chrono::milliseconds request_read_max = limits::kRequestReadMax;  // first byte to last
  std::chrono::milliseconds response_write_max = limits::kRequestReadMax;
  std::chrono::milliseconds idle_max = limits::kIdleConnectionMax;
  // How often the bounds above are looked at, and so how exact they are.
  std::chrono::milliseconds sweep_interval{100};
};

// Thread-safe. The destructor ends what Drain has not: it waits for running handlers only.
class Server {
 public:
  // Listens, and serves on threads of its own, when it returns. `handler` and `clock` outlive the
  // server. Fails with the path or address and the reason in `detail`.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, Handler& handler,
                                               const Clock& clock);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  std::size_t connections() const;  // open now
  ConnectionCounters counters() const;

  // Reads certificate and key again, for Take. A pair that cannot be used is the error. Without TLS
  // there is nothing to read.
  Result<FreshCertificate> ReadCertificate();
  // For the connections to come.
  void Take(FreshCertificate fresh) noexcept;
  // Both. A pair that cannot be used changes nothing.
  Result<void> ReloadCertificate();
  // The same, but only when a file's modification time has changed since it was read, or since a
  // change that could not be used was reported. True when the pair was replaced.
  Result<bool> ReloadCertificateIfChanged();

  // From now on every answer says `Connection: close`. Goes on accepting. Returns when the
  // connections that were open have had such an answer, or after `span` (real time), since a client
  // that is silent cannot be told: to close his connection may cross with his next request.
  void SendClientsAway(std::chrono::milliseconds span);
  // Closes the listener. Open connections go on.
  void StopAccepting();
  // Stops accepting, closes idle connections, lets requests in progress finish and answers them
  // with `Connection: close`. Who was accepted and has not asked anything yet has a second for it.
  // True when every connection has ended within `span` (real time).
  bool Drain(std::chrono::milliseconds span);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kmaas::http
