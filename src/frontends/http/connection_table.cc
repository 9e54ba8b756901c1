#include "frontends/http/connection_table.h"

#include <sys/socket.h>

#include <algorithm>

namespace kmaas::http {
namespace {

// For whoever has connected: his first request is on its way.
constexpr std::int64_t kFirstRequestMillis = 1000;
constexpr std::chrono::milliseconds kLookInterval{5};

}  // namespace

bool ConnectionTable::Add(ConnectionEntry& entry) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= connections_max_) return false;
  entries_.insert(&entry);
  return true;
}

void ConnectionTable::Remove(ConnectionEntry& entry) {
  const std::lock_guard lock(mutex_);
  entries_.erase(&entry);
  if (entries_.empty()) emptied_.notify_all();
}

void ConnectionTable::Enter(ConnectionEntry& entry, Phase phase,
                            std::chrono::milliseconds span) const {
  entry.expires_millis.store(now_millis_.load(std::memory_order_relaxed) + span.count(),
                             std::memory_order_relaxed);
  entry.expired.store(false, std::memory_order_relaxed);
  // In one order with draining_: either the drain sees who rests, or he sees the drain.
  entry.phase.store(phase);
}

void ConnectionTable::EnterUnbounded(ConnectionEntry& entry, Phase phase) const {
  entry.expires_millis.store(ConnectionEntry::kNever, std::memory_order_relaxed);
  entry.phase.store(phase, std::memory_order_relaxed);
}

void ConnectionTable::Sweep() {
  const std::int64_t now = Millis(clock_);
  now_millis_.store(now, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  for (ConnectionEntry* entry : entries_) {
    if (entry->expires_millis.load(std::memory_order_relaxed) >= now) continue;
    switch (entry->phase.load()) {
      case Phase::kIdle:
      case Phase::kReading:
        // It can still say farewell, and tell a slow client so.
        entry->expired.store(true);
        ::shutdown(entry->descriptor, SHUT_RD);
        break;
      case Phase::kHandshake:
      case Phase::kWriting:
      case Phase::kLingering:
        entry->expired.store(true);
        ::shutdown(entry->descriptor, SHUT_RDWR);
        break;
      case Phase::kHandling:  // it has just left the phase that was too long
        break;
    }
  }
  if (draining()) EndResting();
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

}  // namespace kmaas::http
