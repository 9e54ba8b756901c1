#include "frontends/http/plain_channel.h"

#include <sys/socket.h>

#include <cerrno>

namespace kmaas::http {
namespace {

// `size` is what send or recv returned.
IoResult ResultOf(ssize_t size, IoStatus when_none) {
  if (size > 0) return {IoStatus::kDone, static_cast<std::size_t>(size)};
  const bool transient = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return {transient ? when_none : IoStatus::kClosed, 0};
}

}  // namespace

IoResult PlainChannel::Read(MutableByteView into) {
  return ResultOf(::recv(descriptor_, into.data(), into.size(), 0), IoStatus::kWantsRead);
}

IoResult PlainChannel::Write(ByteView from) {
  return ResultOf(::send(descriptor_, from.data(), from.size(), MSG_NOSIGNAL),
                  IoStatus::kWantsWrite);
}

}  // namespace kmaas::http
