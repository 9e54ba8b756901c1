#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "siem/transport/stream.h"

namespace kmaas::siem {
namespace {

constexpr std::size_t kReadBytes = 4096;

class PlainStream final : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

  Result<void> Write(std::string_view bytes) override {
    const SteadyTime until = socket_.StepEnd();
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        written_ += static_cast<std::uint64_t>(sent);
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        KM_CHECK(socket_.Wait(POLLOUT, until));
      } else if (errno != EINTR) {
        return NetworkError("the connection broke", errno);
      }
    }
    return {};
  }

  Result<std::string> Read() override {
    KM_CHECK(socket_.Wait(POLLIN, socket_.StepEnd()));
    std::string bytes(kReadBytes, '\0');
    const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (got < 0) return NetworkError("the connection broke", errno);
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }

  Result<void> Look() override {
    char bytes[kReadBytes];
    for (;;) {
      const ssize_t got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
      if (got > 0 || (got < 0 && errno == EINTR)) continue;
      if (got == 0) return NetworkError("the receiver closed the connection");
      if (errno == EAGAIN || errno == EWOULDBLOCK) return {};
      return NetworkError("the connection broke", errno);
    }
  }

  std::uint64_t written() const override { return written_; }
  Result<std::uint64_t> Acknowledged() const override {
    KM_TRY(const std::size_t waiting, socket_.Unacknowledged());
    return written_ - std::min<std::uint64_t>(waiting, written_);
  }

 private:
  Socket socket_;
  std::uint64_t written_ = 0;
};

}  // namespace

std::unique_ptr<Stream> MakePlainStream(Socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace kmaas::siem
