#include "frontends/grpc/acceptor.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/log.h"
#include "base/signals_blocked.h"

namespace kmaas::grpc_front {
namespace {

constexpr int kPauseMillis = 100;
constexpr int kReceiveBufferBytes = 64 << 10;

std::string Reason() { return std::generic_category().message(errno); }

}  // namespace

Result<void> Acceptor::Start() {
  // What the kernel keeps of a connection until it is read.
  (void)::setsockopt(listener_.descriptor(), SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes,
                     sizeof(kReceiveBufferBytes));
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_ < 0) return Error{ErrorCode::kKmsInternal, "", "grpc: eventfd: " + Reason()};
  const SignalsBlocked blocked;
  thread_ = std::thread([this] { Run(); });
  return {};
}

void Acceptor::Stop() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    // Cannot fail: the counter is far from full.
    (void)!::write(wake_, &one, sizeof(one));
    thread_.join();
  }
  if (wake_ >= 0) ::close(std::exchange(wake_, -1));
  listener_.Close();
}

bool Acceptor::IsToldToStop(int patience_millis) const {
  pollfd wake{wake_, POLLIN, 0};
  return ::poll(&wake, 1, patience_millis) > 0;
}

void Acceptor::Run() {
  for (;;) {
    std::array<pollfd, 2> both{{{wake_, POLLIN, 0}, {listener_.descriptor(), POLLIN, 0}}};
    if (::poll(both.data(), both.size(), -1) < 0 && errno != EINTR) {
      log::Error("grpc_accept_failed", {{"reason", Reason()}});
      if (IsToldToStop(kPauseMillis)) return;
      continue;
    }
    if (both[0].revents != 0) return;
    while (AcceptOne()) {
    }
    // It passes, and trying at once would only burn the processor.
    if (out_of_descriptors_ && IsToldToStop(kPauseMillis)) return;
  }
}

bool Acceptor::AcceptOne() {
  // Not accept4: one way to accept, as Asio does it, is one system call less that is allowed.
  const int socket = ::accept(listener_.descriptor(), nullptr, nullptr);
  out_of_descriptors_ = false;
  if (socket < 0) {
    if (errno == ECONNABORTED || errno == EINTR) return true;  // he has gone; the next one
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    log::Warning("grpc_accept_failed", {{"reason", Reason()}});
    out_of_descriptors_ = true;
    return false;
  }
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  ::fcntl(socket, F_SETFL, O_NONBLOCK);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (!accepted_.Add(socket)) {
    ::close(socket);
    return true;
  }
  Target::NewConnectionParameters connection;
  connection.listener_fd = listener_.descriptor();
  connection.fd = socket;
  target_->HandleNewConnection(&connection);  // which owns the socket from here on
  return true;
}

}  // namespace kmaas::grpc_front
