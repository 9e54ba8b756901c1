#include "base/listening_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace kmaas {
namespace {

constexpr int kBacklog = 1024;

Error Failed(const std::string& what) {
  return {ErrorCode::kKmsInternal, "", what + ": " + std::generic_category().message(errno)};
}

// 0: no IP address.
socklen_t ToSocketAddress(const std::string& address, std::uint16_t port, sockaddr_storage& to) {
  auto& four = reinterpret_cast<sockaddr_in&>(to);
  auto& six = reinterpret_cast<sockaddr_in6&>(to);
  if (::inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    return sizeof(four);
  }
  if (::inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) != 1) return 0;
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  return sizeof(six);
}

bool Accepts(int descriptor) {
  int accepts = 0;
  int kind = 0;
  socklen_t size = sizeof(accepts);
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) != 0) return false;
  size = sizeof(kind);
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && accepts == 1 &&
         kind == SOCK_STREAM;
}

}  // namespace

Result<ListeningSocket> ListeningSocket::Open(const std::string& address, std::uint16_t port) {
  const std::string where = " " + address + ":" + std::to_string(port);
  sockaddr_storage wanted{};
  const socklen_t size = ToSocketAddress(address, port, wanted);
  if (size == 0)
    return Error{ErrorCode::kKmsInternal, "", "address" + where + ": is no IP address"};
  ListeningSocket made;
  made.descriptor_ = ::socket(wanted.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (!made.is_open()) return Failed("socket" + where);
  const int on = 1;
  // Connections of the last process may still be ending; this shares the port with nobody who
  // listens.
  ::setsockopt(made.descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(made.descriptor_, reinterpret_cast<sockaddr*>(&wanted), size) != 0)
    return Failed("bind" + where);
  if (::listen(made.descriptor_, kBacklog) != 0) return Failed("listen" + where);
  Result<ListeningSocket> listening = Adopt(made.descriptor_);
  if (listening) made.Release();
  return listening;
}

Result<ListeningSocket> ListeningSocket::Adopt(int descriptor) {
  const std::string which = "descriptor " + std::to_string(descriptor);
  if (!Accepts(descriptor))
    return Error{ErrorCode::kKmsInternal, "", which + ": is no TCP socket that listens"};
  sockaddr_storage at{};
  socklen_t size = sizeof(at);
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&at), &size) != 0) return Failed(which);
  const bool is_v6 = at.ss_family == AF_INET6;
  if (!is_v6 && at.ss_family != AF_INET)
    return Error{ErrorCode::kKmsInternal, "", which + ": is no TCP socket that listens"};
  const auto& four = reinterpret_cast<const sockaddr_in&>(at);
  const auto& six = reinterpret_cast<const sockaddr_in6&>(at);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* number = is_v6 ? static_cast<const void*>(&six.sin6_addr) : &four.sin_addr;
  if (::inet_ntop(at.ss_family, number, text.data(), text.size()) == nullptr) return Failed(which);
  if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) return Failed(which);
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) return Failed(which);
  ListeningSocket adopted;
  adopted.descriptor_ = descriptor;
  adopted.address_ = text.data();
  adopted.port_ = ntohs(is_v6 ? six.sin6_port : four.sin_port);
  return adopted;
}

Result<ListeningSocket> ListeningSocket::Copy() const {
  const int copy = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return Failed("descriptor " + std::to_string(descriptor_));
  ListeningSocket made;
  made.descriptor_ = copy;
  made.address_ = address_;
  made.port_ = port_;
  return made;
}

ListeningSocket& ListeningSocket::operator=(ListeningSocket&& other) noexcept {
  if (this == &other) return *this;
  Close();
  descriptor_ = other.Release();
  address_ = std::move(other.address_);
  port_ = other.port_;
  return *this;
}

void ListeningSocket::Close() {
  if (is_open()) ::close(Release());
}

}  // namespace kmaas
