// The bytes of one connection, over a socket that never blocks.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/bytes.h"

namespace kmaas::http {

enum class IoStatus { kDone, kWantsRead, kWantsWrite, kClosed };

struct IoResult {
  IoStatus status;
  std::size_t bytes = 0;
};

// Not thread-safe. Borrows its socket.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual IoStatus Handshake() = 0;
  virtual IoResult Read(MutableByteView into) = 0;
  // May take a part only. A peer that is gone raises no signal.
  virtual IoResult Write(ByteView from) = 0;
  // Says that nothing follows. Best effort: the peer may be gone.
  virtual void SendCloseNotify() = 0;
  // There is input that the socket will not announce any more.
  virtual bool HasPending() const = 0;
  virtual std::string_view version() const = 0;  // "TLSv1.3"; empty: no TLS
  virtual std::string_view cipher() const = 0;   // "TLS_AES_256_GCM_SHA384"; empty: no TLS
};

}  // namespace kmaas::http
