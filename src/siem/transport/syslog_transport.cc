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
  sent_ = asked_ = confirmed_ = answers_ = 0;
}

Result<void> SyslogTransport::Send(const std::vector<Message>& messages) {
  // A session that was refused in the meantime takes no more.
  KM_CHECK(stream_->Look());
  std::string frames;
  for (const Message& message : messages) frames += ToSyslogFrame(settings_.origin, message);
  KM_CHECK(stream_->Write(frames));
  sent_ += messages.size();
  return confirmed_ == asked_ ? Ask() : Result<void>();
}

Result<void> SyslogTransport::Ask() {
  answers_ = stream_->answers();
  KM_TRY(can_ask_, stream_->Ask());
  asked_ = sent_;
  asked_at_ = clock_.SteadyNow();
  return {};
}

Result<bool> SyslogTransport::HasSettled() {
  const auto waited = clock_.SteadyNow() - asked_at_;
  KM_TRY(const std::size_t unacknowledged, stream_->Unacknowledged());
  const bool must_answer = can_ask_ && has_answered_;
  if ((must_answer || unacknowledged > 0) && waited > settings_.answer_max)
    return NetworkError("the receiver does not read what it is sent");
  return !must_answer && unacknowledged == 0 && waited >= settings_.settle;
}

Result<std::uint64_t> SyslogTransport::Confirmed() {
  KM_CHECK(stream_->Look());
  if (confirmed_ == asked_) return confirmed_;
  const bool answered = stream_->answers() > answers_;
  has_answered_ = has_answered_ || answered;
  if (!answered) {
    KM_TRY(const bool settled, HasSettled());
    if (!settled) return confirmed_;
  }
  confirmed_ = asked_;
  if (sent_ > asked_) KM_CHECK(Ask());
  return confirmed_;
}

}  // namespace kmaas::siem
