#include "storage/anchoring.h"

#include <exception>
#include <typeinfo>
#include <utility>

#include "base/blocking.h"
#include "base/encoding.h"
#include "base/log.h"

namespace kmaas::storage {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// A wait is cut into these, so that a clock that is not the system's is looked at again.
constexpr milliseconds kLongestWait{60'000};

}  // namespace

std::string AnchorDetails(const ports::StoreHead& head) {
  return R"({"epoch":)" + std::to_string(head.epoch) + R"(,"rows":)" + std::to_string(head.rows) +
         R"(,"digest":")" + HexEncode(head.digest) + R"("})";
}

ports::AuditRecord StoreRecord(std::string event_name, std::string details,
                               const std::string& region, ports::RandomSource& random,
                               WallTime now) {
  ports::AuditRecord record;
  record.event_id = random.Uuid();
  record.request_id = random.Uuid();
  record.time = now;
  record.event_source = kAnchorSource;
  record.event_name = std::move(event_name);
  record.region = region;
  record.source_address = kAnchorSource;
  record.user_agent = kAnchorSource;
  record.request_parameters_json = "null";
  record.response_elements_json = std::move(details);
  record.read_only = false;
  record.service_event = true;
  return record;
}

Anchoring::Anchoring(ports::TokenAnchor& token, const Clock& clock, AnchoringOptions options)
    : token_(token), clock_(clock), options_(std::move(options)) {}

Anchoring::~Anchoring() {
  if (const Result<void> ended = End(); !ended)
    log::Error("store_head_not_anchored", {{"detail", ended.error().detail}});
}

Result<void> Anchoring::Begin(ports::AuditSink& trail, ports::RandomSource& random,
                              const ports::StoreHead& head) {
  {
    const std::lock_guard lock(mutex_);
    trail_ = &trail;
    random_ = &random;
    active_ = true;
    believed_ = true;
    if (!committed_ || committed_->epoch <= head.epoch) committed_ = head;
    const SteadyTime now = clock_.SteadyNow();
    waiting_.Add({now, now});
  }
  Result<void> anchored = AnchorNow();
  if (options_.own_thread) thread_ = std::thread([this] { Run(); });
  return anchored;
}

void Anchoring::Believe() {
  const std::lock_guard lock(mutex_);
  believed_ = true;
}

Result<void> Anchoring::End() {
  {
    const std::lock_guard lock(mutex_);
    active_ = false;
  }
  due_changed_.notify_all();
  anchored_.notify_all();
  if (thread_.joinable()) thread_.join();
  bool is_left = false;
  {
    const std::lock_guard lock(mutex_);
    is_left = believed_ && !waiting_.empty();
  }
  Result<void> anchored;
  if (is_left) anchored = AnchorNow();
  const std::lock_guard lock(mutex_);
  waiting_ = {};
  trail_ = nullptr;
  return anchored;
}

Result<void> Anchoring::MayChangeRights() {
  const std::lock_guard lock(mutex_);
  const milliseconds behind = Behind();
  if (!active_ || behind <= options_.behind_max) return {};
  ++counters_.refused_changes;
  return Error{ErrorCode::kDependencyTimeout,
               "Rights cannot be changed at the moment. You can retry the request.",
               "the store's head has not been anchored for " + std::to_string(behind.count()) +
                   " ms: " + last_failure_};
}

void Anchoring::Committed(const ports::StoreHead& head, bool rights_changed) {
  {
    const std::lock_guard lock(mutex_);
    committed_ = head;
    const SteadyTime now = clock_.SteadyNow();
    const SteadyTime before = waiting_.due;
    waiting_.Add({now, rights_changed ? now : now + options_.lag_max});
    counters_.committed_epoch = head.epoch;
    if (waiting_.due == before) return;
  }
  due_changed_.notify_all();
}

void Anchoring::AwaitAnchored(std::uint64_t epoch, Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!active_ || anchored_epoch_ >= epoch) return;
  const Blocking blocking;
  while (active_ && anchored_epoch_ < epoch) {
    const SteadyTime now = clock_.SteadyNow();
    if (now >= deadline.at) {
      ++counters_.alarms;
      log::Error("store_anchor_behind", {{"epoch", epoch},
                                         {"anchored_epoch", anchored_epoch_},
                                         {"behind_milliseconds", Behind().count()},
                                         {"failure", last_failure_}});
      return;
    }
    anchored_.wait_for(lock, std::min<SteadyTime::duration>(deadline.at - now, kLongestWait));
  }
}

void Anchoring::Tick() {
  {
    const std::lock_guard lock(mutex_);
    if (NextDue() > clock_.SteadyNow()) return;
  }
  (void)AnchorNow();
}

void Anchoring::Run() {
  std::unique_lock lock(mutex_);
  while (active_) {
    const SteadyTime now = clock_.SteadyNow();
    const SteadyTime due = NextDue();
    if (due > now) {
      due_changed_.wait_for(lock, std::min<SteadyTime::duration>(due - now, kLongestWait));
      continue;
    }
    lock.unlock();
    (void)AnchorNow();
    lock.lock();
  }
}

SteadyTime Anchoring::NextDue() const {
  if (waiting_.empty()) return SteadyTime::max();
  return std::max(waiting_.due, next_try_);
}

milliseconds Anchoring::Behind() const {
  const SteadyTime oldest = std::min(waiting_.oldest, taken_.oldest);
  if (oldest == SteadyTime::max()) return milliseconds(0);
  return duration_cast<milliseconds>(clock_.SteadyNow() - oldest);
}

ports::StoreHead Anchoring::Take() {
  taken_ = std::exchange(waiting_, {});
  return *committed_;
}

// What is thrown, for want of memory most likely, must not end the process from the thread.
Result<void> Anchoring::AnchorNow() {
  const std::lock_guard one_at_a_time(writing_);
  ports::StoreHead head;
  {
    const std::lock_guard lock(mutex_);
    head = Take();
  }
  Result<void> done;
  try {
    done = Write(head);
  } catch (const std::exception& failure) {
    done = Error{ErrorCode::kKmsInternal, "", std::string("exception: ") + typeid(failure).name()};
  }
  Note(head, done);
  return done;
}

Result<void> Anchoring::Write(const ports::StoreHead& head) {
  KM_CHECK(token_.WriteAnchor(head, Deadline::After(clock_, options_.write_max)));
  if (trail_ == nullptr) return {};
  return trail_->Append(
      StoreRecord(kAnchorEvent, AnchorDetails(head), options_.region, *random_, clock_.Now()));
}

void Anchoring::Note(const ports::StoreHead& head, const Result<void>& done) {
  {
    const std::lock_guard lock(mutex_);
    const Commits taken = std::exchange(taken_, {});
    const SteadyTime now = clock_.SteadyNow();
    if (done) {
      ++counters_.writes;
      anchored_epoch_ = head.epoch;
      last_write_ = now;
      if (!last_failure_.empty()) log::Info("store_anchored_again", {{"epoch", head.epoch}});
      last_failure_.clear();
      next_try_ = SteadyTime::min();
    } else {
      ++counters_.failures;
      if (last_failure_.empty())
        log::Error("store_head_not_anchored", {{"epoch", head.epoch},
                                               {"anchored_epoch", anchored_epoch_},
                                               {"detail", done.error().detail}});
      last_failure_ = done.error().detail.empty() ? done.error().message : done.error().detail;
      waiting_.Add(taken);
      next_try_ = now + options_.retry_interval;
    }
  }
  anchored_.notify_all();
  // Commits wait again: who looked while they were taken believes that there is nothing to do.
  if (!done) due_changed_.notify_all();
}

AnchoringCounters Anchoring::counters() const {
  const std::lock_guard lock(mutex_);
  AnchoringCounters now = counters_;
  now.anchored_epoch = anchored_epoch_;
  now.behind = Behind();
  if (last_write_)
    now.since_last_write = duration_cast<milliseconds>(clock_.SteadyNow() - *last_write_);
  return now;
}

}  // namespace kmaas::storage
