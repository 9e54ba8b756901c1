// One TLS connection over a non-blocking socket.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/bytes.h"

struct ssl_st;
struct ssl_ctx_st;

namespace kmaas::http {

enum class IoStatus { kDone, kWantsRead, kWantsWrite, kClosed };

struct IoResult {
  IoStatus status;
  std::size_t bytes = 0;
};

// OpenSSL works on the socket itself: no pair of buffers and no copy between, as Asio's stream has
// them. A write to a socket whose peer is gone raises no signal. Not thread-safe.
class TlsChannel {
 public:
  // `descriptor` is borrowed and non-blocking. Null when there is no memory.
  static std::unique_ptr<TlsChannel> Open(ssl_ctx_st* context, int descriptor);
  ~TlsChannel();
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  IoStatus Handshake();
  IoResult Read(MutableByteView into);
  // May take a part only.
  IoResult Write(ByteView from);
  // Says that nothing follows. Best effort: the peer may be gone.
  void SendCloseNotify();
  // There is input that the socket will not announce any more.
  bool HasPending() const;

  std::string_view version() const;  // "TLSv1.3"
  std::string_view cipher() const;   // "TLS_AES_256_GCM_SHA384"

 private:
  TlsChannel() = default;
  IoStatus StatusOf(int result);

  ssl_st* ssl_ = nullptr;
  int descriptor_ = -1;
  bool broken_ = false;  // no close notification on a connection that failed
};

}  // namespace kmaas::http
