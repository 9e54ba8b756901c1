// Syslog over TCP or TLS. Syslog has no acknowledgement, and a write into a session that the
// receiver is about to refuse succeeds, so evidence is gathered afterwards.
#pragma once

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
  std::chrono::milliseconds answer_max{10'000};
};

using StreamMaker = std::function<Result<std::unique_ptr<Stream>>()>;

// What counts as delivered: all before a TLS 1.3 key update that the receiver answered, so its TLS
// library has read it. From a receiver that never answered one, and without TLS 1.3: what the
// peer's TCP acknowledged, on a connection that was still open `settle` later. A receiver that has
// answered before must answer within `answer_max`. Borrows the clock.
class SyslogTransport final : public Transport {
 public:
  SyslogTransport(SyslogSettings settings, StreamMaker connect, const Clock& clock);

  Result<void> Connect() override;
  Result<void> Send(const std::vector<Message>& messages) override;
  Result<std::uint64_t> Confirmed() override;
  void Close() override;

 private:
  Result<void> Ask();
  Result<bool> HasSettled();

  SyslogSettings settings_;
  StreamMaker connect_;
  const Clock& clock_;
  std::unique_ptr<Stream> stream_;
  std::uint64_t sent_ = 0;       // since Connect
  std::uint64_t asked_ = 0;      // of them, what the running question covers
  std::uint64_t confirmed_ = 0;  // of them
  std::uint64_t answers_ = 0;    // before the running question
  SteadyTime asked_at_{};
  bool can_ask_ = false;
  bool has_answered_ = false;  // this receiver, ever
};

}  // namespace kmaas::siem
