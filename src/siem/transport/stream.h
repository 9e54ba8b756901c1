// A stream of bytes to a receiver: plain TCP, or TLS with the certificates of the configuration.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "siem/transport/socket.h"

namespace kmaas::siem {

// Owned by one thread. After a failure it is of no use.
class Stream {
 public:
  virtual ~Stream() = default;
  virtual Result<void> Write(std::string_view bytes) = 0;
  // Waits for some; empty at the peer's orderly end.
  virtual Result<std::string> Read() = 0;
  // Does not wait. Fails when the peer has ended or refused the connection; what it says otherwise
  // is dropped.
  virtual Result<void> Look() = 0;
  // Bytes on the wire since the beginning, and how many of them the peer's TCP has acknowledged.
  virtual std::uint64_t written() const = 0;
  virtual Result<std::uint64_t> Acknowledged() const = 0;
};

struct TlsSettings {
  std::string host;         // the name or address that the receiver's certificate must have
  std::string ca;           // PEM file
  std::string certificate;  // PEM file; empty: none is shown
  std::string private_key;
};

std::unique_ptr<Stream> MakePlainStream(Socket socket);
// TLS 1.2 or newer; the files are read anew each time. Succeeds when this side has finished its
// handshake: in TLS 1.3 the receiver may still refuse the certificate that it was shown.
Result<std::unique_ptr<Stream>> MakeTlsStream(Socket socket, const TlsSettings& settings);
// Whether the files can be read and fit together.
Result<void> CheckTlsFiles(const TlsSettings& settings);

}  // namespace kmaas::siem
