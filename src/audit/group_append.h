// Concurrent appends share a write: the first caller leads, the others wait for its outcome.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "audit/chain_writer.h"
#include "audit/resume.h"
#include "audit/trail.h"

namespace kmaas::audit {

// What to do with an event whose id is among the recent ones.
enum class Known { kWrite, kSkip };

// Thread-safe. A thread of its own flushes while there is something to flush.
class GroupAppend {
 public:
  struct Settings {
    ChainWriter::Settings files;
    std::chrono::milliseconds flush_interval;  // zero: no thread
  };
  GroupAppend(Settings settings, const Clock& clock, ResumedTrail resumed);
  ~GroupAppend();  // flushes
  GroupAppend(const GroupAppend&) = delete;
  GroupAppend& operator=(const GroupAppend&) = delete;

  Result<void> Append(const std::string& id, const std::string& event, Known known);
  Result<void> Flush();
  TrailCounters counters() const;

 private:
  // On the stack of the caller, who waits until it is done.
  struct Pending {
    const std::string& id;
    const std::string& event;
    Known known;
    Result<void> outcome;
    bool is_done = false;
    bool leads = false;
    std::condition_variable woken;
  };

  void Lead(std::unique_lock<std::mutex>& lock);
  void Write(const std::vector<Pending*>& group);
  bool IsDuplicate(const Pending& pending, const std::vector<const Pending*>& before) const;
  void RunFlusher(std::chrono::milliseconds interval);

  ChainWriter writer_;   // of the leader, except Sync
  RecentEvents recent_;  // of the leader

  std::mutex mutex_;
  std::deque<Pending*> queue_;
  bool has_leader_ = false;
  std::vector<Pending*> group_;  // of the leader, kept for its capacity

  std::mutex flush_mutex_;
  std::atomic<bool> flush_failed_{false};
  std::condition_variable flusher_woken_;
  bool flusher_rests_ = false;
  bool stopping_ = false;

  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> writes_{0};
  std::atomic<std::uint64_t> flushes_{0};
  std::atomic<std::uint64_t> failed_writes_{0};
  std::atomic<std::uint64_t> failed_flushes_{0};
  std::thread flusher_;
};

}  // namespace kmaas::audit
