#include "siem/delivery.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "base/iso8601.h"
#include "base/log.h"
#include "siem/service_event.h"

namespace kmaas::siem {
namespace {

constexpr std::chrono::seconds kLagInterval{5};
constexpr unsigned kDoublingsMax = 10;

Message ToMessage(const Event& event, FormatKind format, const Producer& producer) {
  Message message;
  message.sequence = event.sequence;
  message.event_id = event.id;
  message.name = event.name;
  message.time = event.time;
  message.failed = event.failed();
  message.denied = IsDenied(event);
  message.is_json = IsJson(format);
  message.body = Render(format, event, producer);
  return message;
}

// A line that is a record of the chain, but whose event is none: it is reported, not kept back.
Event Unreadable(const TrailReader::Record& record, WallTime now) {
  Event event;
  event.json = R"({"eventName":"Unreadable"})";
  event.id = "unreadable-" + std::to_string(record.head.sequence);
  event.name = "Unreadable";
  event.error_code = "UnreadableRecord";
  event.time = now;
  event.time_text = FormatIso8601(now);
  return event;
}

}  // namespace

Delivery::Delivery(DeliveryOptions options, std::unique_ptr<Transport> transport,
                   const Clock& clock, ports::RandomSource& random)
    : options_(std::move(options)),
      transport_(std::move(transport)),
      clock_(clock),
      random_(random),
      reader_(options_.trail_directory),
      seals_(options_.trail_directory),
      lag_seen_(clock.SteadyNow() - kLagInterval) {
  counters_.destination = options_.destination.name;
}

// A cursor that cannot be read is not taken for one before the first record by itself: who damaged
// it may want the receiver flooded. The operator removes it.
bool Delivery::Start() {
  Result<Cursor> cursor = LoadCursor(options_.cursor_file);
  if (!cursor) {
    Fail(cursor.error());
    return false;
  }
  cursor_ = *std::move(cursor);
  durable_ = cursor_.head.sequence;
  last_sent_ = cursor_saved_ = clock_.SteadyNow();
  started_ = true;
  return true;
}

std::chrono::milliseconds Delivery::Step() {
  const SteadyTime now = clock_.SteadyNow();
  if (now < retry_at_) {
    LookAtLag();
    return std::chrono::ceil<std::chrono::milliseconds>(retry_at_ - now);
  }
  if (started_ || Start()) {
    if (const Result<void> done = Work(); !done) Fail(done.error());
    SaveCursor(false);
  }
  LookAtLag();
  return Pause();
}

Result<void> Delivery::Work() {
  if (rewind_) KM_CHECK(Rewind());
  KM_CHECK(ReadBatch());
  if (!connected_) {
    KM_CHECK(transport_->Connect());
    connected_ = true;
    const std::lock_guard lock(mutex_);
    counters_.connected = true;
  }
  KM_CHECK(SendBatch());
  KM_CHECK(SendHeartbeat());
  return Confirm();
}

Result<void> Delivery::Rewind() {
  KM_TRY(const TrailReader::Place place, reader_.StartAfter(cursor_.head));
  rewind_ = false;
  sent_.clear();
  batch_.clear();
  batch_sent_.clear();
  if (place == TrailReader::Place::kForeign) cursor_.seal = 0;  // the seals are others, too
  seals_.StartAfter(cursor_.seal);
  seal_.reset();
  if (place == TrailReader::Place::kThere) return {};
  // Nothing that is there is kept back; the alarm tells that the trail is not what it was.
  log::Error(place == TrailReader::Place::kRemoved ? "siem_records_removed_before_delivery"
                                                   : "siem_cursor_not_in_trail",
             {{"destination", options_.destination.name}, {"sequence", cursor_.head.sequence}});
  const std::lock_guard lock(mutex_);
  ++counters_.trail_faults;
  return {};
}

Result<void> Delivery::ReadBatch() {
  at_end_ = false;
  KM_CHECK(LookForSeal());
  while (batch_.size() < options_.batch_max &&
         batch_.size() + sent_.size() < options_.unconfirmed_max) {
    if (seal_ && seal_->seal.last <= reader_.sequence()) {
      TakeSeal();
      KM_CHECK(LookForSeal());
      continue;
    }
    KM_TRY(const bool more, ReadOne());
    if (more) continue;
    at_end_ = true;
    break;
  }
  // Its records were on the disk before it was. When they do not come they are gone, and it is sent
  // for that very reason; at the second look, as the first may have been at a file too early.
  if (at_end_ && seal_ && !rewind_ && std::exchange(seal_waited_, true)) TakeSeal();
  return {};
}

Result<void> Delivery::LookForSeal() {
  if (seal_) return {};
  const std::uint64_t faults = seals_.faults();
  KM_TRY(seal_, seals_.Next());
  seal_waited_ = false;
  if (seals_.faults() == faults) return {};
  log::Error("siem_seal_passed_over",
             {{"destination", options_.destination.name}, {"seals", seals_.faults() - faults}});
  const std::lock_guard lock(mutex_);
  ++counters_.trail_faults;
  return {};
}

void Delivery::TakeSeal() {
  const Event event =
      MakeSealEvent(seal_->line, ParseIso8601(seal_->seal.time).value_or(WallTime()));
  batch_sent_.push_back(BehindAll(event.time));
  batch_sent_.back().seal = seal_->seal.number;
  batch_.push_back(ToMessage(event, options_.destination.format, options_.producer));
  seal_.reset();
}

// What is no record leaves the cursor where whatever goes before it has it.
Delivery::Sent Delivery::BehindAll(WallTime time) const {
  if (!batch_sent_.empty()) return {batch_sent_.back().head, batch_sent_.back().moves_cursor, time};
  if (!sent_.empty()) return {sent_.back().head, sent_.back().moves_cursor, time};
  return {cursor_.head, false, time};
}

Result<bool> Delivery::ReadOne() {
  TrailReader::Record record;
  KM_TRY(const TrailReader::Step step, reader_.Next(record));
  if (step == TrailReader::Step::kBroken) Broken();
  if (step != TrailReader::Step::kRecord) return false;
  Event event = ParseEvent(record.event).value_or(Unreadable(record, clock_.Now()));
  event.sequence = record.head.sequence;
  event.previous = record.previous;
  event.hash = HexEncode(record.head.hash);
  if (Passes(options_.destination.events, event)) {
    batch_.push_back(ToMessage(event, options_.destination.format, options_.producer));
    batch_sent_.push_back({record.head, true, event.time});
  } else if (!batch_sent_.empty()) {
    batch_sent_.back().head = record.head;
    batch_sent_.back().moves_cursor = true;
  } else if (!sent_.empty()) {
    sent_.back().head = record.head;
    sent_.back().moves_cursor = true;
  } else {
    MoveCursor(record.head);
  }
  return true;
}

// A record that was written and taken back looks so, and is gone at the second look. What still
// does not fit then is sent all the same.
void Delivery::Broken() {
  if (!has_broken_ || broken_after_ != reader_.sequence()) {
    has_broken_ = true;
    broken_after_ = reader_.sequence();
    transport_->Close();
    connected_ = false;
    rewind_ = true;
    batch_.clear();
    batch_sent_.clear();
    const std::lock_guard lock(mutex_);
    counters_.connected = false;
    return;
  }
  log::Error("siem_trail_broken",
             {{"destination", options_.destination.name}, {"after", reader_.sequence()}});
  reader_.AcceptBreak();
  const std::lock_guard lock(mutex_);
  ++counters_.trail_faults;
}

Result<void> Delivery::SendBatch() {
  if (batch_.empty()) return {};
  std::uint64_t again = 0;
  for (const Message& message : batch_) {
    if (message.sequence != 0 && message.sequence <= highest_sent_) ++again;
    highest_sent_ = std::max(highest_sent_, message.sequence);  // a try may have arrived
  }
  KM_CHECK(transport_->Send(batch_));
  std::uint64_t seals = 0;
  for (const Sent& sent : batch_sent_) {
    seals += sent.seal != 0 ? 1 : 0;
    sent_.push_back(sent);
  }
  last_sent_ = clock_.SteadyNow();
  const std::lock_guard lock(mutex_);
  counters_.sent += batch_.size();
  counters_.resent += again;
  counters_.seals += seals;
  batch_.clear();
  batch_sent_.clear();
  return {};
}

Result<void> Delivery::SendHeartbeat() {
  const std::chrono::seconds interval = options_.destination.heartbeat;
  if (interval.count() == 0 || clock_.SteadyNow() - last_sent_ < interval) return {};
  Heartbeat heartbeat{options_.destination.name, cursor_.head.sequence,
                      HexEncode(cursor_.head.hash), 0, 0};
  {
    const std::lock_guard lock(mutex_);
    heartbeat.sent = counters_.sent;
    heartbeat.heartbeats = counters_.heartbeats;
  }
  const Event event = MakeHeartbeat(heartbeat, random_.Uuid(), clock_.Now());
  KM_CHECK(transport_->Send({ToMessage(event, options_.destination.format, options_.producer)}));
  sent_.push_back(BehindAll(clock_.Now()));
  last_sent_ = clock_.SteadyNow();
  const std::lock_guard lock(mutex_);
  ++counters_.sent;
  ++counters_.heartbeats;
  return {};
}

Result<void> Delivery::Confirm() {
  KM_TRY(const std::uint64_t confirmed, transport_->Confirmed());
  for (; confirmed_messages_ < confirmed && !sent_.empty(); ++confirmed_messages_) {
    if (sent_.front().moves_cursor) MoveCursor(sent_.front().head);
    if (sent_.front().seal != 0) {
      cursor_.seal = sent_.front().seal;
      cursor_moved_ = true;
    }
    sent_.pop_front();
    Succeed();
  }
  return {};
}

void Delivery::MoveCursor(const audit::ChainHead& head) {
  cursor_.head = head;
  cursor_moved_ = true;
  has_broken_ = false;
  const std::lock_guard lock(mutex_);
  counters_.confirmed = head.sequence;
}

void Delivery::Succeed() {
  if (failures_in_row_ > 0)
    log::Info("siem_delivery_resumed", {{"destination", options_.destination.name}});
  failures_in_row_ = 0;
  last_logged_.clear();
  if (!cursor_.error.empty()) cursor_moved_ = true;
  cursor_.error.clear();
}

void Delivery::Fail(const Error& error) {
  transport_->Close();
  connected_ = false;
  confirmed_messages_ = 0;
  rewind_ = rewind_ || !sent_.empty();  // what was only read waits where it is
  const unsigned doublings = std::min(failures_in_row_++, kDoublingsMax);
  const auto whole = std::min(options_.retry_max, options_.retry_min * (1U << doublings));
  // Between a half and the whole of it, so that many do not come back at once.
  std::array<std::uint8_t, 1> chance{};
  random_.Fill(chance);
  retry_at_ = clock_.SteadyNow() + whole / 2 + whole * chance[0] / 510;
  if (last_logged_ != error.message)
    log::Warning("siem_delivery_failed",
                 {{"destination", options_.destination.name}, {"error", error.message}});
  last_logged_ = error.message;
  if (started_ && cursor_.error != error.message) {
    cursor_.error = error.message;
    cursor_moved_ = true;
  }
  const std::lock_guard lock(mutex_);
  ++counters_.failures;
  counters_.connected = false;
}

// The trail first: a cursor ahead of a trail that lost its end with the power would keep back
// what comes in its place.
void Delivery::SaveCursor(bool now) {
  if (!cursor_moved_) return;
  if (!now && clock_.SteadyNow() - cursor_saved_ < options_.cursor_interval) return;
  cursor_saved_ = clock_.SteadyNow();
  cursor_.at = clock_.Now();
  Result<void> saved = reader_.MakeDurable();
  if (saved) saved = seals_.MakeDurable();
  if (saved) saved = options_.write(options_.cursor_file, ToText(cursor_));
  if (saved) {
    cursor_moved_ = cursor_failing_ = false;
    durable_ = cursor_.head.sequence;
    return;
  }
  if (!cursor_failing_)
    log::Error("siem_cursor_not_written",
               {{"destination", options_.destination.name}, {"error", saved.error().message}});
  cursor_failing_ = true;
  const std::lock_guard lock(mutex_);
  ++counters_.cursor_failures;
}

void Delivery::Close() {
  if (connected_)
    if (const Result<void> looked = Confirm(); !looked) sent_.clear();
  SaveCursor(true);
  transport_->Close();
}

// Also of one that has not started: who cannot read his cursor lacks everything, as far as is
// known.
void Delivery::LookAtLag() {
  const SteadyTime now = clock_.SteadyNow();
  if (now - lag_seen_ < kLagInterval) return;
  lag_seen_ = now;
  const Result<std::uint64_t> newest = NewestSequence(options_.trail_directory);
  const std::lock_guard lock(mutex_);
  counters_.confirmed = cursor_.head.sequence;
  if (newest)
    counters_.lag_records = *newest > cursor_.head.sequence ? *newest - cursor_.head.sequence : 0;
}

void Delivery::LookAtAge() {
  WallTime oldest = clock_.Now();
  if (!batch_.empty()) oldest = std::min(oldest, batch_.front().time);
  if (!sent_.empty()) oldest = std::min(oldest, sent_.front().time);
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(clock_.Now() - oldest);
  const std::lock_guard lock(mutex_);
  counters_.lag_seconds = static_cast<std::uint64_t>(age.count());
}

std::chrono::milliseconds Delivery::Pause() {
  LookAtAge();
  const SteadyTime now = clock_.SteadyNow();
  if (now < retry_at_) return std::chrono::ceil<std::chrono::milliseconds>(retry_at_ - now);
  if (!sent_.empty() && sent_.size() >= options_.unconfirmed_max) return options_.confirm_poll;
  if (!at_end_ && !rewind_) return std::chrono::milliseconds(0);
  return sent_.empty() ? options_.poll : options_.confirm_poll;
}

DeliveryCounters Delivery::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace kmaas::siem
