#include "audit/group_append.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace kmaas::audit {

GroupAppend::GroupAppend(Settings settings, const Clock& clock, ResumedTrail resumed)
    : writer_(std::move(settings.files), clock, std::move(resumed.state)),
      recent_(std::move(resumed.recent)),
      clock_(clock) {
  if (settings.flush_interval.count() > 0)
    flusher_ = std::thread([this, interval = settings.flush_interval] { RunFlusher(interval); });
}

GroupAppend::~GroupAppend() {
  {
    const std::lock_guard lock(flusher_mutex_);
    stopping_ = true;
  }
  flusher_woken_.notify_all();
  if (flusher_.joinable()) flusher_.join();
  (void)Flush();  // reported in the log
}

// Who is next at the writer takes along all that wait. A caller whose record was taken along finds
// it done when its own turn comes. Measured against a leader that wakes its followers one by one,
// this costs half the processor time: a write is shorter than a wake-up.
Result<void> GroupAppend::Append(const std::string& id, const std::string& event, Known known) {
  if (flush_failed_) KM_CHECK(Flush());
  Pending pending{id, event, known};
  {
    const std::lock_guard lock(queue_mutex_);
    queue_.push_back(&pending);
  }
  {
    const std::lock_guard lock(writer_mutex_);
    if (!pending.is_done) WriteWaiting();
    // Whoever took it along may have run out of memory half-way; then nothing says that it stands.
    if (!pending.is_done)
      return Error{ErrorCode::kKmsInternal, "", "audit: the shared write broke off"};
  }
  if (flusher_rests_) WakeFlusher();
  return std::move(pending.outcome);
}

void GroupAppend::WriteWaiting() {
  group_.clear();
  {
    const std::lock_guard lock(queue_mutex_);
    group_.swap(queue_);
  }
  Write(group_);
  for (Pending* pending : group_) pending->is_done = true;
}

void GroupAppend::Write(const std::vector<Pending*>& group) {
  std::vector<const Pending*> written;
  std::vector<std::string_view> events;
  written.reserve(group.size());
  events.reserve(group.size());
  for (const Pending* pending : group) {
    if (pending->known == Known::kSkip && IsDuplicate(*pending, written)) continue;
    written.push_back(pending);
    events.emplace_back(pending->event);
  }
  if (events.empty()) return;
  if (writer_.durable() == writer_.appended()) lag_since_ = clock_.SteadyNow();
  const Result<void> outcome = writer_.Append(events);
  if (!outcome) {
    ++failed_writes_;
    // Once: every call of a service on a full disk comes here, and its log may be on that disk.
    if (!std::exchange(write_failed_, true))
      log::Error("audit_write_failed",
                 {{"records", events.size()}, {"detail", outcome.error().detail}});
    for (Pending* pending : group) pending->outcome = outcome;
    return;
  }
  if (std::exchange(write_failed_, false)) log::Info("audit_writes_again");
  ++writes_;
  records_ += events.size();
  for (const Pending* pending : written)
    if (pending->known == Known::kSkip) recent_.Add(pending->id);
}

bool GroupAppend::IsDuplicate(const Pending& pending,
                              const std::vector<const Pending*>& before) const {
  return recent_.Contains(pending.id) ||
         std::any_of(before.begin(), before.end(),
                     [&pending](const Pending* other) { return other->id == pending.id; });
}

Result<void> GroupAppend::Flush() {
  const std::uint64_t wanted = writer_.appended();
  const std::lock_guard lock(flush_mutex_);
  if (writer_.durable() >= wanted && !flush_failed_) return {};
  const SteadyTime began = clock_.SteadyNow();  // what it leaves out was appended later
  Result<void> flushed = writer_.Sync();
  const bool had_failed = flush_failed_.exchange(!flushed);
  if (flushed) {
    lag_since_ = began;
    ++flushes_;
    if (had_failed) log::Info("audit_flushes_again");
  } else {
    ++failed_flushes_;
    if (!had_failed) log::Error("audit_flush_failed", {{"detail", flushed.error().detail}});
  }
  return flushed;
}

ChainHead GroupAppend::head() {
  const std::lock_guard lock(writer_mutex_);
  return writer_.head();
}

TrailCounters GroupAppend::counters() const {
  TrailCounters counters{records_, writes_, flushes_, failed_writes_, failed_flushes_, {}};
  const SteadyTime since = lag_since_;
  if (writer_.durable() < writer_.appended()) counters.lag = clock_.SteadyNow() - since;
  return counters;
}

void GroupAppend::WakeFlusher() {
  { const std::lock_guard lock(flusher_mutex_); }  // it rests, or is about to look
  flusher_woken_.notify_one();
}

void GroupAppend::RunFlusher(std::chrono::milliseconds interval) {
  std::unique_lock lock(flusher_mutex_);
  while (!stopping_) {
    flusher_rests_ = true;
    flusher_woken_.wait(lock,
                        [this] { return stopping_ || writer_.appended() > writer_.durable(); });
    flusher_rests_ = false;
    flusher_woken_.wait_for(lock, interval, [this] { return stopping_; });
    lock.unlock();
    (void)Flush();  // reported in the log; the next Append tries again and says so to its caller
    lock.lock();
  }
}

}  // namespace kmaas::audit
