#include "siem/transport/socket.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "siem/transport/resolver.h"

namespace kmaas::siem {
namespace {

constexpr std::chrono::milliseconds kSlice{100};  // how late a stop is heard

// A dead network is noticed on a connection that is idle, too, and within a bounded time.
void SetUp(int file, std::chrono::milliseconds patience) {
  const int on = 1;
  const int seconds = 20;
  const auto limit = static_cast<unsigned>(patience.count());
  ::setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(file, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(file, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
  ::setsockopt(file, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
  ::setsockopt(file, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
}

}  // namespace

Error NetworkError(const std::string& what) { return {ErrorCode::kDependencyTimeout, what}; }

Error NetworkError(const std::string& what, int error) {
  return NetworkError(what + ": " + std::generic_category().message(error));
}

Socket::Socket(Socket&& other) noexcept
    : file_(std::exchange(other.file_, -1)), patience_(other.patience_) {}

Socket::~Socket() {
  if (file_ >= 0) ::close(file_);
}

Result<Socket> Socket::Connect(const std::string& host, std::uint16_t port,
                               const Patience& patience) {
  KM_TRY(const Addresses addresses, Resolve(host, port, patience));
  Error last = NetworkError(host + " has no address");
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    Socket socket(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                  patience);
    if (socket.file_ < 0) return NetworkError("cannot make a socket", errno);
    SetUp(socket.file_, patience.step_max);
    if (::connect(socket.file_, one->ai_addr, one->ai_addrlen) != 0 && errno != EINPROGRESS) {
      last = NetworkError("cannot connect", errno);
      continue;
    }
    if (const Result<void> ready = socket.Wait(POLLOUT, socket.StepEnd()); !ready) {
      last = ready.error();
      continue;
    }
    int failure = 0;
    socklen_t size = sizeof failure;
    if (::getsockopt(socket.file_, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0)
      return socket;
    last = NetworkError("cannot connect", failure);
  }
  return last;
}

Result<void> Socket::Wait(short events, SteadyTime until) const {
  for (;;) {
    if (patience_->stopping) return NetworkError("the service stops");
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - patience_->clock.SteadyNow());
    if (left.count() <= 0) return NetworkError("the receiver took too long");
    pollfd wanted{file_, events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::min(left, kSlice).count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return NetworkError("cannot wait for the receiver", errno);
  }
}

Result<std::size_t> Socket::Unacknowledged() const {
  int bytes = 0;
  if (::ioctl(file_, SIOCOUTQ, &bytes) != 0) return NetworkError("cannot ask the socket", errno);
  return static_cast<std::size_t>(bytes);
}

}  // namespace kmaas::siem
