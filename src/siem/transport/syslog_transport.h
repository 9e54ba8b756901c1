// Syslog over TCP or TLS. Syslog has no acknowledgement, and a write into a session that the
// receiver is about to refuse succeeds, so evidence is gathered afterwards.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "siem/syslog_frame.h"
#include "siem/transport/stream.h"
#include "siem/transport/transport.h"

namespace kmaas::siem {

struct SyslogSettings {
  SyslogOrigin origin;
  std::chrono::milliseconds settle{2000};
  std::chrono::milliseconds acknowledge_max{10'000};
};

using StreamMaker = std::function<Result<std::unique_ptr<Stream>>()>;

// What counts as delivered: what the peer's TCP acknowledged, on a connection that was still open
// `settle` after it was sent, without an alert or an end in between. A peer that acknowledges
// nothing for `acknowledge_max` has failed. Borrows the clock.
class SyslogTransport final : public Transport {
 public:
  SyslogTransport(SyslogSettings settings, StreamMaker connect, const Clock& clock);

  Result<void> Connect() override;
  Result<void> Send(const std::vector<Message>& messages) override;
  Result<std::uint64_t> Confirmed() override;
  void Close() override;

 private:
  struct Batch {
    std::uint64_t messages;  // since Connect, with this one
    std::uint64_t bytes;     // on the wire, with this one
    SteadyTime at;
  };

  SyslogSettings settings_;
  StreamMaker connect_;
  const Clock& clock_;
  std::unique_ptr<Stream> stream_;
  std::uint64_t sent_ = 0;       // since Connect
  std::uint64_t confirmed_ = 0;  // of them
  std::deque<Batch> waiting_;
};

}  // namespace kmaas::siem
