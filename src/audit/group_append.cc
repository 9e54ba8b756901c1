#include "audit/group_append.h"

#include <algorithm>

#include "base/log.h"

namespace kmaas::audit {
namespace {

// Bounds one write; what waits beyond it goes with the next.
constexpr std::size_t kRecordsPerWriteMax = 256;

}  // namespace

GroupAppend::GroupAppend(Settings settings, const Clock& clock, ResumedTrail resumed)
    : writer_(std::move(settings.files), clock, std::move(resumed.state)),
      recent_(std::move(resumed.recent)) {
  if (settings.flush_interval.count() > 0)
    flusher_ = std::thread([this, interval = settings.flush_interval] { RunFlusher(interval); });
}

GroupAppend::~GroupAppend() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  flusher_woken_.notify_all();
  if (flusher_.joinable()) flusher_.join();
  (void)Flush();  // reported in the log
}

Result<void> GroupAppend::Append(const std::string& id, const std::string& event, Known known) {
  if (flush_failed_) KM_CHECK(Flush());
  Pending pending{id, event, known, {}, false, false, {}};
  std::unique_lock lock(mutex_);
  queue_.push_back(&pending);
  if (has_leader_) {
    pending.woken.wait(lock, [&pending] { return pending.is_done || pending.leads; });
  }
  if (!pending.is_done) Lead(lock);
  return std::move(pending.outcome);
}

// Writes what waits, the leader's own record among it, and hands the lead on.
void GroupAppend::Lead(std::unique_lock<std::mutex>& lock) {
  has_leader_ = true;
  const std::size_t size = std::min(queue_.size(), kRecordsPerWriteMax);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(size);
  group_.assign(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
  lock.unlock();
  Write(group_);
  lock.lock();
  // Under the lock: a follower that has seen its outcome takes its Pending away.
  for (Pending* pending : group_) {
    pending->is_done = true;
    pending->woken.notify_one();
  }
  if (queue_.empty()) {
    has_leader_ = false;
  } else {
    queue_.front()->leads = true;
    queue_.front()->woken.notify_one();
  }
  if (flusher_rests_) flusher_woken_.notify_one();
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
  const Result<void> outcome = writer_.Append(events);
  if (!outcome) {
    ++failed_writes_;
    log::Error("audit_write_failed",
               {{"records", events.size()}, {"detail", outcome.error().detail}});
    for (Pending* pending : group) pending->outcome = outcome;
    return;
  }
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
  const Result<void> flushed = writer_.Sync();
  flush_failed_ = !flushed;
  if (flushed) {
    ++flushes_;
  } else {
    ++failed_flushes_;
    log::Error("audit_flush_failed", {{"detail", flushed.error().detail}});
  }
  return flushed;
}

TrailCounters GroupAppend::counters() const {
  return {records_, writes_, flushes_, failed_writes_, failed_flushes_};
}

void GroupAppend::RunFlusher(std::chrono::milliseconds interval) {
  std::unique_lock lock(mutex_);
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
