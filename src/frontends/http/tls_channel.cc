#include "frontends/http/tls_channel.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

namespace kmaas::http {
namespace {

// A record of 16 KiB takes two.
constexpr unsigned kReceivesPerCall = 4;
// TLS 1.3 lets a peer change its keys as often as it likes (RFC 8446, 4.6.3); one that does nothing
// else wants the processor.
constexpr unsigned kKeyUpdatesMax = 16;

bool IsTransient(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

long ControlSocket(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

}  // namespace

int TlsChannel::WriteSocket(BIO* bio, const char* data, int size) {
  const auto* channel = static_cast<const TlsChannel*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t sent =
      ::send(channel->descriptor_, data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && IsTransient(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int TlsChannel::ReadSocket(BIO* bio, char* data, int size) {
  auto* channel = static_cast<TlsChannel*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (channel->key_updates_ > kKeyUpdatesMax) return -1;  // ends it
  if (channel->receives_left_ == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  --channel->receives_left_;
  const ssize_t received = ::recv(channel->descriptor_, data, static_cast<std::size_t>(size), 0);
  if (received < 0 && IsTransient(errno)) BIO_set_retry_read(bio);
  return static_cast<int>(received);
}

void TlsChannel::NoteMessage(int is_sent, int /*version*/, int type, const void* data,
                             std::size_t size, ssl_st* /*ssl*/, void* self) {
  if (is_sent != 0 || type != SSL3_RT_HANDSHAKE || size == 0) return;
  if (*static_cast<const unsigned char*>(data) == SSL3_MT_KEY_UPDATE)
    ++static_cast<TlsChannel*>(self)->key_updates_;
}

BIO_METHOD* TlsChannel::SocketMethod() {
  static BIO_METHOD* method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kmaas socket");
    if (made != nullptr) {
      BIO_meth_set_write(made, &WriteSocket);
      BIO_meth_set_read(made, &ReadSocket);
      BIO_meth_set_ctrl(made, &ControlSocket);
    }
    return made;
  }();
  return method;
}

std::unique_ptr<TlsChannel> TlsChannel::Open(ssl_ctx_st* context, int descriptor) {
  std::unique_ptr<TlsChannel> channel(new TlsChannel);
  channel->descriptor_ = descriptor;
  channel->ssl_ = SSL_new(context);
  BIO* bio = channel->ssl_ != nullptr ? BIO_new(SocketMethod()) : nullptr;
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, channel.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(channel->ssl_, bio, bio);
  SSL_set_msg_callback(channel->ssl_, &NoteMessage);
  SSL_set_msg_callback_arg(channel->ssl_, channel.get());
  SSL_set_accept_state(channel->ssl_);
  return channel;
}

TlsChannel::~TlsChannel() { SSL_free(ssl_); }

IoStatus TlsChannel::StatusOf(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE:
      return IoStatus::kDone;
    case SSL_ERROR_WANT_READ:
      return IoStatus::kWantsRead;
    case SSL_ERROR_WANT_WRITE:
      return IoStatus::kWantsWrite;
    case SSL_ERROR_ZERO_RETURN:
      return IoStatus::kClosed;
    default:
      broken_ = true;
      ERR_clear_error();
      return IoStatus::kClosed;
  }
}

IoStatus TlsChannel::Handshake() {
  ERR_clear_error();
  receives_left_ = kReceivesPerCall;
  return StatusOf(SSL_do_handshake(ssl_));
}

IoResult TlsChannel::Read(MutableByteView into) {
  ERR_clear_error();
  receives_left_ = kReceivesPerCall;
  std::size_t bytes = 0;
  const int result = SSL_read_ex(ssl_, into.data(), into.size(), &bytes);
  if (bytes > 0) key_updates_ = 0;
  return {result == 1 ? IoStatus::kDone : StatusOf(result), bytes};
}

IoResult TlsChannel::Write(ByteView from) {
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_write_ex(ssl_, from.data(), from.size(), &bytes);
  return {result == 1 ? IoStatus::kDone : StatusOf(result), bytes};
}

void TlsChannel::SendCloseNotify() {
  if (broken_ || SSL_is_init_finished(ssl_) == 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

bool TlsChannel::HasPending() const { return SSL_has_pending(ssl_) == 1; }
std::string_view TlsChannel::version() const { return SSL_get_version(ssl_); }
std::string_view TlsChannel::cipher() const { return SSL_get_cipher_name(ssl_); }

}  // namespace kmaas::http
