// Concurrent appends share a write: who gets to write writes for all that wait.
#pragma once

#include <atomic>
#include <condition_variable>
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
  bool IsDurable() const { return !flush_failed_ && writer_.durable() >= writer_.appended(); }
  ChainHead head();
  std::uint64_t last_sequence() const { return writer_.appended(); }
  TrailCounters counters() const;

 private:
  // On the stack of the caller, who does not leave before it is done.
  struct Pending {
    const std::string& id;
    const std::string& event;
    Known known;
    Result<void> outcome = {};
    bool is_done = false;
  };

  void WriteWaiting();
  void Write(const std::vector<Pending*>& group);
  bool IsDuplicate(const Pending& pending, const std::vector<const Pending*>& before) const;
  void WakeFlusher();
  void RunFlusher(std::chrono::milliseconds interval);

  std::mutex queue_mutex_;  // never held over a system call
  std::vector<Pending*> queue_;

  std::mutex writer_mutex_;  // for the next four, and for what a Pending of a taken group says
  ChainWriter writer_;       // its Sync needs no lock
  RecentEvents recent_;
  std::vector<Pending*> group_;  // kept for its capacity
  bool write_failed_ = false;    // the last one

  std::mutex flush_mutex_;  // one flush at a time; who waited for one finds it done
  std::atomic<bool> flush_failed_{false};

  std::mutex flusher_mutex_;
  std::condition_variable flusher_woken_;
  std::atomic<bool> flusher_rests_{false};
  bool stopping_ = false;

  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> writes_{0};
  std::atomic<std::uint64_t> flushes_{0};
  std::atomic<std::uint64_t> failed_writes_{0};
  std::atomic<std::uint64_t> failed_flushes_{0};

  const Clock& clock_;
  // Not after the oldest record that is not durable was appended, where there is one.
  std::atomic<SteadyTime> lag_since_{SteadyTime()};
  std::thread flusher_;
};

}  // namespace kmaas::audit
