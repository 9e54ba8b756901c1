#include "siem/transport/syslog_transport.h"

#include <utility>

namespace kmaas::siem {

SyslogTransport::SyslogTransport(SyslogSettings settings, StreamMaker connect, const Clock& clock)
    : settings_(std::move(settings)), connect_(std::move(connect)), clock_(clock) {}

Result<void> SyslogTransport::Connect() {
  Close();
  KM_TRY(stream_, connect_());
  return {};
}

void SyslogTransport::Close() {
  stream_.reset();
  waiting_.clear();
  sent_ = confirmed_ = 0;
}

Result<void> SyslogTransport::Send(const std::vector<Message>& messages) {
  // A session that was refused in the meantime takes no more.
  KM_CHECK(stream_->Look());
  std::string frames;
  for (const Message& message : messages) frames += ToSyslogFrame(settings_.origin, message);
  KM_CHECK(stream_->Write(frames));
  sent_ += messages.size();
  waiting_.push_back({sent_, stream_->written(), clock_.SteadyNow()});
  return {};
}

Result<std::uint64_t> SyslogTransport::Confirmed() {
  KM_CHECK(stream_->Look());
  KM_TRY(const std::uint64_t acknowledged, stream_->Acknowledged());
  while (!waiting_.empty()) {
    const Batch& oldest = waiting_.front();
    const auto waited = clock_.SteadyNow() - oldest.at;
    if (oldest.bytes > acknowledged) {
      if (waited <= settings_.acknowledge_max) break;
      return NetworkError("the receiver does not acknowledge what it is sent");
    }
    if (waited < settings_.settle) break;
    confirmed_ = oldest.messages;
    waiting_.pop_front();
  }
  return confirmed_;
}

}  // namespace kmaas::siem
