#include "app/connections.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>

namespace kmaas::app {
namespace {

// 0: no TCP socket.
int LocalPort(int file) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return 0;
}

bool HasPeer(int file) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  return ::getpeername(file, reinterpret_cast<sockaddr*>(&address), &size) == 0;
}

}  // namespace

// A descriptor that is closed meanwhile, or is another one by now, is at most miscounted.
std::size_t ConnectionsAt(int local_port) {
  std::size_t count = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    int file = -1;
    if (std::from_chars(name.data(), name.data() + name.size(), file).ec != std::errc()) continue;
    if (LocalPort(file) == local_port && HasPeer(file)) ++count;
  }
  return count;
}

}  // namespace kmaas::app
