// One TLS connection over a non-blocking socket.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "frontends/http/channel.h"

struct bio_method_st;
struct bio_st;
struct ssl_st;
struct ssl_ctx_st;

namespace kmaas::http {

// OpenSSL works on the socket itself: no pair of buffers and no copy between, as Asio's stream has
// them.
class TlsChannel final : public Channel {
 public:
  // `descriptor` is borrowed and non-blocking. Null when there is no memory.
  static std::unique_ptr<TlsChannel> Open(ssl_ctx_st* context, int descriptor);
  ~TlsChannel() override;
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  IoStatus Handshake() override;
  IoResult Read(MutableByteView into) override;
  IoResult Write(ByteView from) override;
  void SendCloseNotify() override;
  bool HasPending() const override;
  std::string_view version() const override;
  std::string_view cipher() const override;

 private:
  TlsChannel() = default;
  IoStatus StatusOf(int result);
  // What OpenSSL calls.
  static int ReadSocket(bio_st* bio, char* data, int size);
  static int WriteSocket(bio_st* bio, const char* data, int size);
  static void NoteMessage(int is_sent, int version, int type, const void* data, std::size_t size,
                          ssl_st* ssl, void* self);
  static bio_method_st* SocketMethod();

  // OpenSSL reads on and on while nothing for us comes: a peer could keep a thread with it.
  unsigned receives_left_ = 0;  // of this call
  unsigned key_updates_ = 0;    // since data came
  ssl_st* ssl_ = nullptr;
  int descriptor_ = -1;
  bool broken_ = false;  // no close notification on a connection that failed
};

}  // namespace kmaas::http
