// The one writer: takes what changes wait, runs each in a savepoint, commits all with one flush.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/leaf_journal.h"
#include "storage/sqlite/group_rows.h"
#include "storage/sqlite/sqlite_store.h"

namespace kmaas::storage {

using ChangeFunction = std::function<Result<void>(ports::Transaction&)>;

// Thread-safe. Owns the writer's connection and thread; borrows the rest. `observer` may be null.
class GroupWriter {
 public:
  struct Limits {
    std::size_t queued_max;
    std::size_t per_commit_max;
  };
  GroupWriter(Connection connection, StoreState& state, const std::string& database,
              ports::HeadObserver* observer, const Clock& clock, Limits limits);
  // Finishes the group that has begun; what still waits fails with kThrottling.
  ~GroupWriter();
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  Result<void> Write(const ChangeFunction& change, Deadline deadline);
  StoreCounters counters() const;
  std::size_t waiting() const;

 private:
  enum class State { kWaiting, kRunning, kDone };
  // On the stack of the caller, who waits until it is done.
  struct Pending {
    const ChangeFunction& change;
    Deadline deadline;
    Result<void> outcome;
    State state = State::kWaiting;
    std::uint64_t to_be_anchored = 0;  // the epoch that its caller waits for; 0: none
  };
  using Group = std::vector<Pending*>;

  void Run();
  Group TakeGroup();
  void WaitFor(Pending& pending, std::unique_lock<std::mutex>& lock);

  void RunGroup(const Group& group);
  Result<std::size_t> RunChanges(const Group& group);
  Result<void> RunOne(Pending& pending);
  Result<void> Commit();
  void TellObserver(const Group& group);
  void FailGroup(const Group& group, const Error& error);
  Result<void> Supersede();

  Connection connection_;
  StoreState& state_;
  ports::HeadObserver* const observer_;
  GroupRows rows_;
  LeafJournal journal_;
  const Clock& clock_;
  const Limits limits_;
  bool failed_tail_ = false;  // of the writer thread: see Supersede()

  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> changes_{0};
  std::atomic<std::uint64_t> failed_commits_{0};
  std::atomic<std::uint64_t> throttled_{0};

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable done_;
  std::deque<Pending*> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace kmaas::storage
