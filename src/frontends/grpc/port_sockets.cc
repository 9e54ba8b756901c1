#include "frontends/grpc/port_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <utility>

namespace kmaas::grpc_front {
namespace {

constexpr std::size_t kNetworkBytes = 8;

int PortOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return 0;
}

std::string TextOf(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, address, text.data(), text.size()) != nullptr ? text.data() : "";
}

// An IPv4 peer of an IPv6 socket is named as gRPC names him: by his IPv4 address.
void Describe(const sockaddr_storage& peer, PortSocket& connection) {
  const std::string port = ":" + std::to_string(PortOf(peer));
  const auto& six = reinterpret_cast<const sockaddr_in6&>(peer);
  if (peer.ss_family == AF_INET) {
    connection.network = TextOf(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr);
    connection.peer = connection.network + port;
  } else if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr) != 0) {
    constexpr std::size_t kMappedAt = 12;
    connection.network = TextOf(AF_INET, &six.sin6_addr.s6_addr[kMappedAt]);
    connection.peer = connection.network + port;
  } else {
    connection.network.assign(reinterpret_cast<const char*>(six.sin6_addr.s6_addr), kNetworkBytes);
    connection.peer = TextOf(AF_INET6, &six.sin6_addr) + port;
  }
}

// 0: no socket.
std::uint64_t InodeOf(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

// One whose peer has gone is not, though gRPC keeps it as long as a call of it lasts.
bool IsOpen(const PortSocket& socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  return InodeOf(socket.file) == socket.inode &&
         ::getpeername(socket.file, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
}

}  // namespace

bool PortSockets::Add(int file) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  PortSocket added{file, InodeOf(file), {}, {}};
  if (added.inode == 0 || ::getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) != 0)
    return false;
  Describe(peer, added);
  const std::lock_guard lock(mutex_);
  accepted_.push_back(std::move(added));
  return true;
}

void PortSockets::ForgetClosed() {
  std::erase_if(accepted_, [](const PortSocket& one) { return !IsOpen(one); });
}

std::vector<PortSocket> PortSockets::Open() {
  const std::lock_guard lock(mutex_);
  ForgetClosed();
  return accepted_;
}

std::size_t PortSockets::size() {
  const std::lock_guard lock(mutex_);
  ForgetClosed();
  return accepted_.size();
}

bool PortSockets::End(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  bool is_ended = false;
  for (const PortSocket& one : accepted_) {
    if (one.peer != peer || !IsOpen(one)) continue;
    EndConnection(one);
    is_ended = true;
  }
  return is_ended;
}

void EndConnection(const PortSocket& socket) {
  if (IsOpen(socket)) ::shutdown(socket.file, SHUT_RDWR);
}

}  // namespace kmaas::grpc_front
