#include "frontends/grpc/port_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/log.h"
#include "frontends/grpc/peer_name.h"

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

// None: no connection of the port.
std::optional<PortSocket> SocketOf(int file, int port) {
  sockaddr_storage local{};
  socklen_t size = sizeof(local);
  if (::getsockname(file, reinterpret_cast<sockaddr*>(&local), &size) != 0 || PortOf(local) != port)
    return std::nullopt;
  sockaddr_storage peer{};
  size = sizeof(peer);
  PortSocket found{file, InodeOf(file), {}, {}};
  if (found.inode == 0 || ::getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) != 0)
    return std::nullopt;
  Describe(peer, found);
  return found;
}

Result<std::vector<int>> OpenFiles() {
  std::vector<int> files;
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    int file = -1;
    if (std::from_chars(name.data(), name.data() + name.size(), file).ec == std::errc())
      files.push_back(file);
  }
  if (error) return Error{ErrorCode::kKmsInternal, "", "/proc/self/fd: " + error.message()};
  return files;
}

}  // namespace

Result<std::vector<PortSocket>> SocketsOf(int port) {
  KM_TRY(const std::vector<int> files, OpenFiles());
  std::vector<PortSocket> connections;
  for (const int file : files) {
    if (std::optional<PortSocket> one = SocketOf(file, port))
      connections.push_back(*std::move(one));
  }
  return connections;
}

void BoundReceiveBuffers(int port, int bytes) {
  const Result<std::vector<int>> files = OpenFiles();
  if (!files)
    return log::Warning("grpc_receive_buffer_not_bounded", {{"detail", files.error().detail}});
  for (const int file : *files) {
    int listens = 0;
    socklen_t size = sizeof(listens);
    const bool is_listener =
        ::getsockopt(file, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
    sockaddr_storage local{};
    size = sizeof(local);
    if (is_listener && ::getsockname(file, reinterpret_cast<sockaddr*>(&local), &size) == 0 &&
        PortOf(local) == port)
      (void)::setsockopt(file, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
  }
}

void EndConnection(const PortSocket& socket) {
  if (InodeOf(socket.file) == socket.inode) ::shutdown(socket.file, SHUT_RDWR);
}

}  // namespace kmaas::grpc_front
