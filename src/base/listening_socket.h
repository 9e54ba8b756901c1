// A TCP socket that listens: made here, or taken over from whoever keeps it open while servers come
// and go.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"

namespace kmaas {

// Owns its descriptor, which no program that is executed inherits and on which no call waits.
// Movable; one that was moved from is none.
class ListeningSocket {
 public:
  ListeningSocket() = default;  // none
  // `address` is an IP address; port 0 is one that the system chooses. A port is never shared. The
  // error's `detail` names what failed, address and port.
  static Result<ListeningSocket> Open(const std::string& address, std::uint16_t port);
  // Takes a descriptor over that listens for TCP connections, or refuses and leaves it alone.
  static Result<ListeningSocket> Adopt(int descriptor);
  // A second descriptor of the same socket: closing one leaves the other listening.
  Result<ListeningSocket> Copy() const;

  ListeningSocket(ListeningSocket&& other) noexcept { *this = std::move(other); }
  ListeningSocket& operator=(ListeningSocket&& other) noexcept;
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;
  ~ListeningSocket() { Close(); }

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }  // -1: none
  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }
  bool is_v6() const { return address_.find(':') != std::string::npos; }
  int Release() { return std::exchange(descriptor_, -1); }
  void Close();

 private:
  int descriptor_ = -1;
  std::string address_;
  std::uint16_t port_ = 0;
};

}  // namespace kmaas
