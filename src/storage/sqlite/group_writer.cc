#include "storage/sqlite/group_writer.h"

#include <algorithm>
#include <exception>

#include "base/blocking.h"
#include "base/log.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/sqlite_error.h"

namespace kmaas::storage {
namespace {

Error Throttled(std::string_view why) {
  return {ErrorCode::kThrottling, "", "store: " + std::string(why)};
}

// The view that a change has of the writer's connection. Remembers the first failure of the store,
// so that a change that overlooks one cannot be committed.
class SqliteTransaction final : public ports::Transaction {
 public:
  explicit SqliteTransaction(GroupRows& rows) : rows_(rows) {}

  Result<std::optional<std::string>> Get(std::string_view table, std::string_view key) override {
    return Noted(rows_.Get(table, key));
  }
  Result<std::vector<ports::Row>> List(const ports::Scan& scan) override {
    return Noted(rows_.List(scan));
  }
  Result<std::uint64_t> Count(std::string_view table) override { return Noted(rows_.Count(table)); }
  Result<void> Put(std::string_view table, std::string_view key, std::string_view value) override {
    return Noted(rows_.Put(table, key, value));
  }
  Result<void> Delete(std::string_view table, std::string_view key) override {
    return Noted(rows_.Delete(table, key));
  }
  Result<void> failure() const { return failure_; }

 private:
  template <class T>
  Result<T> Noted(Result<T> result) {
    if (!result && failure_) failure_ = result.error();
    return result;
  }

  GroupRows& rows_;
  Result<void> failure_;
};

// A change that throws, for want of memory at least, fails alone: on the writer's thread nobody
// else would catch it.
Result<void> RunChange(const ChangeFunction& change, ports::Transaction& transaction) {
  try {
    return change(transaction);
  } catch (const std::exception& thrown) {
    return Error{ErrorCode::kKmsInternal, "",
                 std::string("store: a change threw: ") + thrown.what()};
  }
}

}  // namespace

GroupWriter::GroupWriter(Connection connection, StoreState& state, const std::string& database,
                         ports::HeadObserver* observer, const Clock& clock, Limits limits)
    : connection_(std::move(connection)),
      state_(state),
      observer_(observer),
      rows_(connection_, state, observer),
      journal_(database, state.mac),
      clock_(clock),
      limits_(limits),
      thread_([this] { Run(); }) {}

GroupWriter::~GroupWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  thread_.join();
  if (failed_tail_) (void)Supersede();
}

Result<void> GroupWriter::Write(const ChangeFunction& change, Deadline deadline) {
  Pending pending{change, deadline, {}};
  std::unique_lock lock(mutex_);
  if (stopping_ || queue_.size() >= limits_.queued_max) {
    ++throttled_;
    return Throttled(stopping_ ? "it is closing" : "too many changes wait");
  }
  queue_.push_back(&pending);
  arrived_.notify_one();
  WaitFor(pending, lock);
  lock.unlock();
  if (pending.to_be_anchored > 0) observer_->AwaitAnchored(pending.to_be_anchored, deadline);
  return std::move(pending.outcome);
}

// A change that has not begun at its deadline leaves the queue; one that has is waited for, because
// its outcome must be known.
void GroupWriter::WaitFor(Pending& pending, std::unique_lock<std::mutex>& lock) {
  constexpr SteadyTime::duration kWaitMax = std::chrono::minutes(1);
  const Blocking blocking;
  while (pending.state != State::kDone) {
    if (pending.state == State::kRunning) {
      done_.wait(lock, [&pending] { return pending.state == State::kDone; });
      return;
    }
    const SteadyTime now = clock_.SteadyNow();
    if (now >= pending.deadline.at) {
      std::erase(queue_, &pending);
      pending.outcome = Throttled("the deadline passed before the change began");
      ++throttled_;
      return;
    }
    done_.wait_for(lock, std::min(pending.deadline.at - now, kWaitMax));
  }
}

StoreCounters GroupWriter::counters() const {
  return {commits_, changes_, failed_commits_, throttled_};
}

std::size_t GroupWriter::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void GroupWriter::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    const Group group = TakeGroup();
    if (!stopping_) {
      lock.unlock();
      RunGroup(group);
      lock.lock();
    }
    for (Pending* pending : group) {
      if (stopping_ && pending->state == State::kWaiting)
        pending->outcome = Throttled("it is closing");
      pending->state = State::kDone;
    }
    done_.notify_all();
    if (stopping_ && queue_.empty()) return;
  }
}

GroupWriter::Group GroupWriter::TakeGroup() {
  const std::size_t size = std::min(queue_.size(), limits_.per_commit_max);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(size);
  Group group(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
  if (!stopping_) {
    for (Pending* pending : group) pending->state = State::kRunning;
  }
  return group;
}

void GroupWriter::RunGroup(const Group& group) {
  const Result<std::size_t> changed = RunChanges(group);
  if (!changed) {
    FailGroup(group, changed.error());
  } else if (*changed > 0) {
    const Result<void> committed = Commit();
    if (!committed) return FailGroup(group, committed.error());
    changes_ += *changed;
    TellObserver(group);
  } else if (connection_.InTransaction()) {
    (void)connection_.Execute("ROLLBACK");
  }
}

// How many changes of the group wait for the commit; an error when the transaction is lost.
Result<std::size_t> GroupWriter::RunChanges(const Group& group) {
  if (failed_tail_) KM_CHECK(Supersede());
  KM_CHECK(connection_.Execute("BEGIN IMMEDIATE"));
  rows_.BeginGroup();
  std::size_t changed = 0;
  for (Pending* pending : group) {
    if (clock_.SteadyNow() >= pending->deadline.at) {
      pending->outcome = Throttled("the deadline passed before the change began");
      ++throttled_;
      continue;
    }
    KM_CHECK(RunOne(*pending));
    if (pending->outcome) ++changed;
  }
  return changed;
}

// Fails when the whole transaction is lost; what only the change did wrong stands in its outcome.
Result<void> GroupWriter::RunOne(Pending& pending) {
  KM_CHECK(connection_.Execute("SAVEPOINT change"));
  rows_.BeginChange();
  SqliteTransaction transaction(rows_);
  pending.outcome = RunChange(pending.change, transaction);
  if (pending.outcome) pending.outcome = transaction.failure();
  if (!connection_.InTransaction()) {
    // SQLite has rolled back everything, as it may when the disk is full.
    if (pending.outcome) return StoreError(connection_.handle(), SQLITE_ABORT, "change");
    return pending.outcome.error();
  }
  if (!pending.outcome) {
    rows_.UndoChange();
    KM_CHECK(connection_.Execute("ROLLBACK TO change"));
  } else if (rows_.change_decides_rights()) {
    pending.to_be_anchored = state_.head.epoch + 1;
  }
  return connection_.Execute("RELEASE change");
}

Result<void> GroupWriter::Commit() {
  KM_CHECK(rows_.WriteHead(clock_.Now()));
  {
    const std::lock_guard until_known(state_.commits);
    const Result<void> committed = connection_.Execute("COMMIT");
    if (!committed) {
      failed_tail_ = true;
      return committed.error();
    }
    rows_.Committed();
  }
  ++commits_;
  journal_.Committed(state_.directory, rows_.changes(), state_.published());
  return {};
}

void GroupWriter::TellObserver(const Group& group) {
  if (observer_ == nullptr) {
    for (Pending* pending : group) pending->to_be_anchored = 0;
    return;
  }
  const bool rights_changed = std::any_of(
      group.begin(), group.end(), [](const Pending* one) { return one->to_be_anchored > 0; });
  observer_->Committed(state_.published(), rights_changed);
}

// Nothing of the group is applied. A change that failed by itself keeps its own error.
void GroupWriter::FailGroup(const Group& group, const Error& error) {
  if (connection_.InTransaction()) (void)connection_.Execute("ROLLBACK");
  ++failed_commits_;
  log::Error("store_commit_failed", {{"changes", group.size()}, {"detail", error.detail}});
  for (Pending* pending : group) {
    if (pending->outcome) pending->outcome = Error{ErrorCode::kDependencyTimeout, "", error.detail};
    pending->to_be_anchored = 0;
  }
  if (failed_tail_) (void)Supersede();  // or before the next group, or at the end
}

// A commit whose flush failed may have left its whole record at the end of the WAL. It does not
// count as long as this process lives, but a crash now would bring it back although its caller was
// told that it failed. A commit that changes nothing takes its place.
Result<void> GroupWriter::Supersede() {
  KM_CHECK(connection_.Execute("BEGIN IMMEDIATE"));
  Result<void> done =
      connection_.Execute("PRAGMA user_version=" + std::to_string(Migrations().size()));
  if (done) done = connection_.Execute("COMMIT");
  if (!done) {
    if (connection_.InTransaction()) (void)connection_.Execute("ROLLBACK");
    return done.error();
  }
  failed_tail_ = false;
  log::Info("store_writes_again");
  return {};
}

}  // namespace kmaas::storage
