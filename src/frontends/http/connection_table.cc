#include "frontends/http/connection_table.h"

#include <sys/socket.h>

#include <algorithm>

namespace kmaas::http {
namespace {

// For whoever has connected: his first request is on its way.
constexpr std::int64_t kFirstRequestMillis = 1000;
constexpr std::chrono::milliseconds kLookInterval{5};
// Who has just come may still be about to ask.
constexpr std::chrono::milliseconds kUndisturbed{2000};
// That have been told and are not gone yet: there are at most so many connections more than
// allowed.
constexpr std::size_t kDisplacedMax = 256;
constexpr std::size_t kLooksMax = 64;
// Each end is work for the threads that serve: many at a time, and a request waits for them all.
constexpr std::size_t kEndedAtATime = 8;
// Where very many are late, they are ended in so many turns all the same.
constexpr std::size_t kRoundsForAll = 16;

}  // namespace

std::string_view ToText(Phase phase) {
  switch (phase) {
    case Phase::kHandshake:
      return "handshake";
    case Phase::kIdle:
      return "idle";
    case Phase::kReading:
      return "reading";
    case Phase::kHandling:
      return "handling";
    case Phase::kWriting:
      return "writing";
    case Phase::kLingering:
      break;
  }
  return "lingering";
}

bool ConnectionTable::Add(ConnectionEntry& entry) {
  const std::lock_guard lock(mutex_);
  if (!HasRoom(entry)) return false;
  entries_.insert(&entry);
  try {
    Queue(entry, unserved_);
    if (!entry.network.empty()) ++per_network_[entry.network];
  } catch (...) {
    Unqueue(entry);
    entries_.erase(&entry);
    throw;
  }
  entry.opened_millis = Millis(clock_);
  return true;
}

bool ConnectionTable::HasRoom(const ConnectionEntry& entry) {
  if (bounds_.per_network_max != 0 && !entry.network.empty()) {
    const auto found = per_network_.find(entry.network);
    if (found != per_network_.end() && found->second >= bounds_.per_network_max) {
      ++counters_.refused_per_address;
      return false;
    }
  }
  if (entries_.size() - displaced_now_ < bounds_.all_max || DisplaceOne()) return true;
  ++counters_.refused_full;
  return false;
}

void ConnectionTable::Queue(ConnectionEntry& entry, std::list<ConnectionEntry*>& queue) {
  if (entry.queue == nullptr) {
    entry.place = queue.insert(queue.end(), &entry);
  } else {
    queue.splice(queue.end(), *entry.queue, entry.place);
  }
  entry.queue = &queue;
}

void ConnectionTable::Unqueue(ConnectionEntry& entry) {
  if (entry.queue != nullptr) entry.queue->erase(entry.place);
  entry.queue = nullptr;
}

// Each moves to the other queue once in its life.
ConnectionEntry* ConnectionTable::OldestUnserved() {
  while (!unserved_.empty()) {
    ConnectionEntry& oldest = *unserved_.front();
    if (!oldest.was_served.load(std::memory_order_relaxed))
      return oldest.opened_millis <= Millis(clock_) - kUndisturbed.count() ? &oldest : nullptr;
    Queue(oldest, served_);
  }
  return nullptr;
}

// Their requests leave no trace in the queue, so it is in no order: a few are looked at, and other
// ones the next time.
ConnectionEntry* ConnectionTable::LongestIdle() {
  ConnectionEntry* longest = nullptr;
  std::int64_t longest_since = Millis(clock_) - kUndisturbed.count();
  for (std::size_t looks = std::min(kLooksMax, served_.size()); looks > 0; --looks) {
    ConnectionEntry& entry = *served_.front();
    Queue(entry, served_);
    const Phase phase = entry.phase.load(std::memory_order_relaxed);
    if (phase == Phase::kHandling || phase == Phase::kLingering) continue;
    const std::int64_t since = entry.entered_millis.load(std::memory_order_relaxed);
    if (since > longest_since) continue;
    longest = &entry;
    longest_since = since;
  }
  return longest;
}

bool ConnectionTable::DisplaceOne() {
  if (displaced_now_ >= kDisplacedMax) return false;
  ConnectionEntry* oldest = OldestUnserved();
  if (oldest == nullptr) oldest = LongestIdle();
  if (oldest == nullptr) return false;
  Unqueue(*oldest);
  oldest->displaced = true;
  oldest->expired.store(true);
  ::shutdown(oldest->descriptor, SHUT_RDWR);
  ++displaced_now_;
  ++counters_.displaced;
  return true;
}

void ConnectionTable::Remove(ConnectionEntry& entry) {
  const std::lock_guard lock(mutex_);
  if (entries_.erase(&entry) == 0) return;
  Unqueue(entry);
  if (entry.displaced) --displaced_now_;
  if (const auto found = per_network_.find(entry.network); found != per_network_.end()) {
    if (--found->second == 0) per_network_.erase(found);
  }
  if (entries_.empty()) emptied_.notify_all();
}

void ConnectionTable::Enter(ConnectionEntry& entry, Phase phase,
                            std::chrono::milliseconds span) const {
  entry.expires_millis.store(now_millis_.load(std::memory_order_relaxed) + span.count(),
                             std::memory_order_relaxed);
  entry.entered_millis.store(NowMillis(), std::memory_order_relaxed);
  entry.expired.store(false, std::memory_order_relaxed);
  // In one order with draining_: either the drain sees who rests, or he sees the drain.
  entry.phase.store(phase);
}

void ConnectionTable::EnterUnbounded(ConnectionEntry& entry, Phase phase) const {
  entry.expires_millis.store(ConnectionEntry::kNever, std::memory_order_relaxed);
  entry.phase.store(phase, std::memory_order_relaxed);
}

bool ConnectionTable::Sweep() {
  const std::int64_t now = Millis(clock_);
  now_millis_.store(now, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  if (draining()) EndResting();
  const auto is_late = [now](const ConnectionEntry* entry) {
    return entry->expires_millis.load(std::memory_order_relaxed) < now && !entry->expired.load();
  };
  const auto late = static_cast<std::size_t>(std::ranges::count_if(entries_, is_late));
  std::size_t left = std::max(kEndedAtATime, late / kRoundsForAll);
  for (ConnectionEntry* entry : entries_) {
    if (left == 0) return true;
    if (is_late(entry) && EndSlow(*entry)) --left;
  }
  return false;
}

void ConnectionTable::SendAway() {
  const std::lock_guard lock(mutex_);
  sending_away_.store(true);
  for (ConnectionEntry* entry : entries_) entry->was_there = true;
}

bool ConnectionTable::AreAway() const {
  return std::none_of(entries_.begin(), entries_.end(), [](const ConnectionEntry* entry) {
    return entry->was_there && entry->phase.load() != Phase::kLingering;
  });
}

void ConnectionTable::WaitUntilAway(std::chrono::milliseconds span) {
  const auto until = std::chrono::steady_clock::now() + span;
  std::unique_lock lock(mutex_);
  while (!AreAway() && std::chrono::steady_clock::now() < until)
    emptied_.wait_for(lock, kLookInterval);
}

bool ConnectionTable::EndSlow(ConnectionEntry& entry) {
  const Phase phase = entry.phase.load();
  if (phase == Phase::kHandling) return false;  // it has just left the phase that was too long
  // Who reads can still say farewell, and tell a slow client so.
  const bool reads = phase == Phase::kIdle || phase == Phase::kReading;
  const bool is_new = !entry.expired.exchange(true);
  if (is_new) ++counters_.too_slow[static_cast<std::size_t>(phase)];
  ::shutdown(entry.descriptor, reads ? SHUT_RD : SHUT_RDWR);
  return is_new;
}

void ConnectionTable::BeginDraining() {
  draining_.store(true);
  const std::lock_guard lock(mutex_);
  draining_since_millis_ = Millis(clock_);
  EndResting();
}

void ConnectionTable::EndResting() {
  const bool patient = Millis(clock_) - draining_since_millis_ <= kFirstRequestMillis;
  for (ConnectionEntry* entry : entries_) {
    switch (entry->phase.load()) {
      case Phase::kHandshake:
      case Phase::kIdle:
        if (patient && !entry->asked.load()) break;
        [[fallthrough]];
      case Phase::kLingering:
        // What has arrived already is still read: a request is answered, and a client whose
        // handshake is as good as done gets a farewell.
        ::shutdown(entry->descriptor, SHUT_RD);
        break;
      case Phase::kReading:
      case Phase::kHandling:
      case Phase::kWriting:
        break;
    }
  }
}

bool ConnectionTable::WaitUntilEmpty(std::chrono::milliseconds span) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_for(lock, span, [&] { return entries_.empty(); });
}

std::size_t ConnectionTable::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

ConnectionCounters ConnectionTable::counters() const {
  const std::lock_guard lock(mutex_);
  ConnectionCounters counters = counters_;
  for (const ConnectionEntry* entry : entries_)
    ++counters.open[static_cast<std::size_t>(entry->phase.load(std::memory_order_relaxed))];
  return counters;
}

}  // namespace kmaas::http
